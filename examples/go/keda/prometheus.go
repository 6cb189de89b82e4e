// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Of one query: KEDA gives up on an answer after some seconds.
const patience = 2 * time.Second

// askPrometheus is the value of an instant query: a scalar, or a vector of one series.
func askPrometheus(ctx context.Context, server, query string) (float64, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet,
		server+"/api/v1/query?query="+url.QueryEscape(query), nil)
	if err != nil {
		return 0, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	var answer struct {
		Error string
		Data  struct {
			ResultType string
			Result     json.RawMessage
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return 0, fmt.Errorf("%s: not Prometheus's JSON: %w", response.Status, err)
	}
	if answer.Error != "" {
		return 0, fmt.Errorf("%s", answer.Error)
	}
	type sample [2]any // a time and a value as text
	var one sample
	switch answer.Data.ResultType {
	case "scalar":
		err = json.Unmarshal(answer.Data.Result, &one)
	case "vector":
		var series []struct{ Value sample }
		if err = json.Unmarshal(answer.Data.Result, &series); err == nil && len(series) != 1 {
			err = fmt.Errorf("%d series where one is needed", len(series))
		}
		if err == nil {
			one = series[0].Value
		}
	default:
		err = fmt.Errorf("a %s where a number is needed", answer.Data.ResultType)
	}
	if err != nil {
		return 0, err
	}
	text, _ := one[1].(string)
	return strconv.ParseFloat(text, 64)
}
