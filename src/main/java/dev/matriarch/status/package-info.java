/** What is told: the status with its one writer, conditions, and Events. */
package dev.matriarch.status;
