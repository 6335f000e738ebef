package dev.matriarch.decide;

import java.time.Instant;
import java.util.Optional;

/**
 * That another instance is to lead, in the words of the decision.
 *
 * @param request name of the PgSwitchover; empty: the operator's own wish
 * @param uid its identity; empty with the name
 * @param target who is to lead; empty: whoever is best
 * @param maxLag how many bytes it may be behind when the primary is stopped; not negative
 * @param deadline until when somebody else must be elected, at the latest
 */
public record SwitchoverWish(String request, String uid, Optional<String> target, long maxLag, Instant deadline) {}
