module matriarch.dev/local-kubernetes/tools

go 1.25.0
