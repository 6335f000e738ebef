# shellcheck shell=bash
test_faults() { :; }
