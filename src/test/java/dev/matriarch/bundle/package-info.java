/** The OLM bundle and its catalog: generated from what a person has written in {@code src/main/olm} and from what the operator is made of. */
package dev.matriarch.bundle;
