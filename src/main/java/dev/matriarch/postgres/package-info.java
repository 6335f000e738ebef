/**
 * SQL over Agroal: what is asked of an instance and what is done on it. Nothing here knows Kubernetes. Every connection has connect, socket and
 * statement timeouts.
 */
package dev.matriarch.postgres;
