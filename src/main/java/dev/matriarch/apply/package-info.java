/** Deeds: the one place where Kubernetes objects are written and where a plan's steps are done. */
package dev.matriarch.apply;
