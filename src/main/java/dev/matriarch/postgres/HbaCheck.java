package dev.matriarch.postgres;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether lines of {@code pg_hba.conf} have the form that PostgreSQL reads. A line that it cannot read would keep an instance from starting. */
public final class HbaCheck {

    private static final Set<String> TYPES =
            Set.of("local", "host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc");
    private static final Set<String> METHODS = Set.of(
            "trust",
            "reject",
            "scram-sha-256",
            "md5",
            "password",
            "gss",
            "sspi",
            "ident",
            "peer",
            "ldap",
            "radius",
            "cert",
            "pam",
            "bsd",
            "oauth");

    private HbaCheck() {}

    /** What is wrong, by the line's place. */
    public static List<Map.Entry<Integer, String>> problems(List<String> lines) {
        List<Map.Entry<Integer, String>> problems = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String problem = problem(lines.get(i));
            if (problem != null) {
                problems.add(Map.entry(i, problem));
            }
        }
        return problems;
    }

    private static String problem(String line) {
        if (line.contains("\n") || line.contains("\r")) {
            return "is more than one line; make an element of each.";
        }
        if (line.endsWith("\\")) {
            return "ends with a backslash, which would make the next line a part of it.";
        }
        List<Field> fields = new ArrayList<>();
        if (!split(line, fields)) {
            return "has a quote that is not closed.";
        }
        if (fields.isEmpty()) {
            return null;
        }
        String type = fields.get(0).text();
        if (!TYPES.contains(type)) {
            return "begins with " + type + "; it must be one of "
                    + TYPES.stream().sorted().toList() + ".";
        }
        boolean local = "local".equals(type);
        int method = local ? 3 : 4;
        if (fields.size() <= method) {
            return "has too few fields; write: "
                    + (local ? "local DATABASE USER METHOD" : type + " DATABASE USER ADDRESS METHOD") + ".";
        }
        for (Field names : fields.subList(1, 3)) {
            if (names.readsFile()) {
                return "has " + names.text() + ", a file that no instance has; write the names here.";
            }
        }
        if (!local) {
            Field address = fields.get(3);
            boolean withMask = isIp(address) && !address.text().contains("/");
            String problem = address(address.text(), withMask ? fields.get(4).text() : null);
            if (problem != null) {
                return problem;
            }
            method += withMask ? 1 : 0;
        }
        return fields.size() <= method
                ? "has too few fields; write: " + type + " DATABASE USER ADDRESS MASK METHOD."
                : method(type, fields.get(method).text(), fields.subList(method + 1, fields.size()));
    }

    /**
     * A field as PostgreSQL cuts it out, without its quotes.
     *
     * @param readsFile whether a name in it begins with @ and is not quoted
     */
    private record Field(String text, boolean quoted, boolean readsFile) {}

    /** PostgreSQL's way: blanks part fields, a comma joins what follows it, quotes keep both in a name, and # begins a remark. False: a quote is open. */
    private static boolean split(String line, List<Field> fields) {
        int at = 0;
        while (true) {
            StringBuilder text = new StringBuilder();
            boolean quoted = false;
            boolean readsFile = false;
            boolean comma;
            do { // the names of a list
                while (at < line.length() && (isBlank(line.charAt(at)) || line.charAt(at) == ',')) {
                    at++;
                }
                comma = false;
                boolean open = false;
                boolean begun = false;
                while (at < line.length() && (open || !isBlank(line.charAt(at)))) {
                    char c = line.charAt(at);
                    if (c == '#' && !open) {
                        at = line.length();
                        break;
                    }
                    at++;
                    if (c == ',' && !open) {
                        comma = true;
                        break;
                    }
                    readsFile |= c == '@' && !begun;
                    begun = true;
                    if (c == '"') {
                        open = !open;
                        quoted = true;
                    } else {
                        text.append(c);
                    }
                }
                if (open) {
                    return false;
                }
                if (comma) {
                    text.append(',');
                }
            } while (comma && at < line.length());
            if (text.isEmpty() && !quoted) {
                return true;
            }
            fields.add(new Field(text.toString(), quoted, readsFile));
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static boolean isIp(Field address) {
        return !address.quoted() && address.text().matches("[0-9.]+(/.*)?|[0-9a-fA-F.]*:[0-9a-fA-F:.]*(/.*)?");
    }

    /** What is wrong with an address and the mask that stands behind it; one without digits alone or a colon is a name. */
    private static String address(String text, String mask) {
        int slash = text.indexOf('/');
        String ip = slash < 0 ? text : text.substring(0, slash);
        boolean six = ip.contains(":");
        if (six ? !isIpv6(ip) : ip.matches("[0-9.]+") && !isIpv4(ip)) {
            return "has the address " + ip + ", which is no IP address.";
        }
        if (slash >= 0) {
            if (!six && !isIpv4(ip)) {
                return "has the address " + text + "; a name of a host has no mask.";
            }
            String bits = text.substring(slash + 1);
            int most = six ? 128 : 32;
            return bits.matches("[0-9]{1,3}") && Integer.parseInt(bits) <= most
                    ? null
                    : "has the mask /" + bits + " in " + text + "; it must be /0 to /" + most + ".";
        }
        if (mask == null || (six ? isIpv6(mask) : isIpv4(mask))) {
            return null;
        }
        return "has the address " + ip + " without a mask; write " + ip + (six ? "/128." : "/32.");
    }

    private static boolean isIpv4(String text) {
        String[] parts = text.split("\\.", -1);
        return parts.length == 4
                && Arrays.stream(parts).allMatch(part -> part.matches("[0-9]{1,3}") && Integer.parseInt(part) <= 255);
    }

    /** With a colon in it, Java asks nobody for the address of a name. */
    private static boolean isIpv6(String text) {
        if (!text.matches("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
            return false;
        }
        try {
            return InetAddress.getByName(text) != null;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static String method(String type, String method, List<Field> options) {
        if (!METHODS.contains(method)) {
            return "has the method " + method + "; it must be one of "
                    + METHODS.stream().sorted().toList() + ".";
        }
        if ("peer".equals(method) && !"local".equals(type)) {
            return "has the method peer, which is for lines with local only.";
        }
        if ("cert".equals(method) && !"hostssl".equals(type)) {
            return "has the method cert, which is for lines with hostssl only.";
        }
        return options.stream()
                .map(Field::text)
                .filter(option -> option.indexOf('=') < 1)
                .findFirst()
                .map(option -> "has the option " + option + "; it must be NAME=VALUE.")
                .orElse(null);
    }
}
