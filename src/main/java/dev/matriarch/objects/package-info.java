/**
 * The Kubernetes objects of a cluster: one pure builder each, one file each. A builder says what an object is to be and nothing else; whether it
 * has to be written is decided elsewhere.
 */
package dev.matriarch.objects;
