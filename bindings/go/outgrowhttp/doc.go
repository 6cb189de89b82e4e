// SPDX-License-Identifier: Apache-2.0

// Package outgrowhttp puts outgrow's nouns into net/http: [Limit] and [Break] in front of a handler,
// [Transport] under a client, [Metrics] for a scrape.
package outgrowhttp
