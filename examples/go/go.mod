module github.com/outgrow/outgrow/examples/go

go 1.19

require (
	github.com/mattn/go-sqlite3 v1.14.24
	github.com/outgrow/outgrow/bindings/go v0.1.0
	github.com/outgrow/outgrow/bindings/go/outgrowredis v0.0.0
	github.com/redis/go-redis/v9 v9.17.3
)

require (
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/dgryski/go-rendezvous v0.0.0-20200823014737-9f7001d12a5f // indirect
)

replace github.com/outgrow/outgrow/bindings/go => ../../build/go/outgrow

replace github.com/outgrow/outgrow/bindings/go/outgrowredis => ../../build/go/outgrow/outgrowredis
