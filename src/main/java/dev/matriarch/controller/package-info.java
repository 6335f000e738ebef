/** The controllers: observe, decide, apply, report. */
package dev.matriarch.controller;
