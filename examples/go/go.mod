module github.com/outgrow/outgrow/examples/go

go 1.19

require (
	github.com/mattn/go-sqlite3 v1.14.24
	github.com/outgrow/outgrow/bindings/go v0.0.0
)

replace github.com/outgrow/outgrow/bindings/go => ../../build/go/outgrow
