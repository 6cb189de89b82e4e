// SPDX-License-Identifier: Apache-2.0

// Command keda is an external scaler for KEDA: the number of instances is what outgrow decides, from what
// Prometheus knows of the workload. scaledobject.yaml says to KEDA where it is and what it asks for.
//
// It keeps no file: started anew, it decides from what it then sees, beginning with the number that runs.
// Run one of it, as two would each decide from a memory of their own.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/kedacore/keda/v2/pkg/scalers/externalscaler"
	"google.golang.org/grpc"
)

func main() {
	listen := flag.String("listen", ":6000", "address for KEDA to call")
	every := flag.Duration("every", 15*time.Second, "how often a workload's metrics are asked for, at most")
	settle := flag.Duration("settle", 2*time.Minute,
		"how long the number that runs may differ from the one decided before it counts as set by somebody else")
	flag.Parse()

	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	externalscaler.RegisterExternalScalerServer(server, newScaler(*every, *settle))

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-stop
		server.Stop() // not gracefully: KEDA's streams never end by themselves
	}()
	fmt.Println("listening on", listener.Addr())
	if err := server.Serve(listener); err != nil {
		log.Fatal(err)
	}
}
