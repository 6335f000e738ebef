/**
 * The resources of the API group {@code postgres.matriarch.dev/v1}: what a user writes and sees. The CRDs under {@code src/main/kubernetes}
 * are generated from these classes.
 */
package dev.matriarch.api;
