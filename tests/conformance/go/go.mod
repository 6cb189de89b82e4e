module github.com/outgrow/outgrow/tests/conformance/go

go 1.19

require github.com/outgrow/outgrow/bindings/go v0.0.0

replace github.com/outgrow/outgrow/bindings/go => ../../../build/go/outgrow
