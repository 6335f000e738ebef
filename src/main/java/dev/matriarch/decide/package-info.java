/**
 * The decision: a pure function of (intent, observation, clock) that returns a {@link dev.matriarch.decide.Plan}. Nothing here knows Kubernetes,
 * YAML or SQL, nothing here waits, and nothing here has a state of its own: the same code runs in the operator and in a simulation.
 */
package dev.matriarch.decide;
