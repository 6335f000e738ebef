/**
 * Proof of what the operator is for: under random faults no acknowledged write is lost, none is there twice, and writes come back. {@code Chaos}
 * runs cycles of faults against a cluster under load; {@code client} is that load; {@code faults} has one class for each kind of fault;
 * {@code Verification} compares every acknowledged write with every instance; {@code WriteGaps} measures, from the clients' own clocks.
 */
package dev.matriarch.chaos;
