/**
 * The observation: what Kubernetes' caches hold, what supervisors report and what PostgreSQL says, taken once and put into one immutable record.
 */
package dev.matriarch.observe;
