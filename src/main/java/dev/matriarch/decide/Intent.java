package dev.matriarch.decide;

/**
 * What is wanted of a cluster, in the words of the decision.
 *
 * @param cluster its name
 * @param instances number of instances
 * @param required number of standbys that confirm each commit with so many instances
 * @param hibernated whether all instances are to be stopped
 */
public record Intent(String cluster, int instances, int required, boolean hibernated) {}
