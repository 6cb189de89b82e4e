module github.com/outgrow/outgrow/bindings/go

go 1.19
