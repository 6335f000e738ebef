/**
 * The client that writes, reads and counts. It runs as Pods beside the cluster, so kube-proxy routes it as it routes an application; it knows
 * the JDK and PostgreSQL's driver and nothing else, because that is all there is in its image.
 */
package dev.matriarch.chaos.client;
