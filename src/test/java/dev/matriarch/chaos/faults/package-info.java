/** One class for each kind of fault: what is done, how it is undone, what must hold. {@code Faults} lists them. */
package dev.matriarch.chaos.faults;
