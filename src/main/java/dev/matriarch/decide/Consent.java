package dev.matriarch.decide;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a person asks for while a primary is lost: that another leads now, and which writes may be lost by that.
 *
 * @param epoch the epoch whose primary is lost
 * @param kept what is not lost, all after it may be; empty: nothing may be lost
 */
public record Consent(long epoch, Optional<Kept> kept) {

    /** The writes up to a position, as an instance has them. */
    public record Kept(String instance, Lsn position) {}

    private static final Pattern TEXT = Pattern.compile(
            "epoch ([0-9]{1,15}), losing (?:nothing|all after ([0-9A-F]{1,8}/[0-9A-F]{1,8}) of ([a-z][-a-z0-9]*))",
            Pattern.CASE_INSENSITIVE);

    /** Reads what {@link #toString} writes, in any case and with any white space; empty when it is something else. */
    public static Optional<Consent> parse(String text) {
        Matcher parts = TEXT.matcher(text.strip().replaceAll("\\s+", " "));
        return parts.matches()
                ? Optional.of(new Consent(
                        Long.parseLong(parts.group(1)),
                        Optional.ofNullable(parts.group(2))
                                .map(position -> new Kept(parts.group(3), Lsn.parse(position)))))
                : Optional.empty();
    }

    /** As a person types it. */
    @Override
    public String toString() {
        return "epoch " + epoch + ", losing "
                + kept.map(each -> "all after " + each.position() + " of " + each.instance())
                        .orElse("nothing");
    }
}
