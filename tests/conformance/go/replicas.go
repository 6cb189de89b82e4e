// SPDX-License-Identifier: Apache-2.0

package main

import "time"

func (d *replicasDriver) reads(s step, _ time.Duration) any {
	nodes := make([]int32, s.integer("count", 0))
	must(d.replicas.ReadMany(nodes))
	answer := []any{}
	for _, node := range nodes {
		answer = append(answer, answerIndex(node, nil))
	}
	return answer
}
