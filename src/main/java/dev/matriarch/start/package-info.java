/** What is before the work: the command line, and whether the cluster has all that the operator needs. */
package dev.matriarch.start;
