package dev.matriarch.postgres;

import java.util.ArrayList;
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
        String text = line.strip();
        if (text.isEmpty() || text.startsWith("#")) {
            return null;
        }
        String[] fields = text.split("\\s+");
        if (!TYPES.contains(fields[0])) {
            return "begins with " + fields[0] + "; it must be one of "
                    + TYPES.stream().sorted().toList() + ".";
        }
        int method = "local".equals(fields[0]) ? 3 : 4;
        boolean withMask = method == 4 && fields.length > 5 && fields[4].matches("[0-9.]+|[0-9a-fA-F:]+");
        int place = withMask ? 5 : method;
        if (fields.length <= place) {
            return "has too few fields; write: "
                    + ("local".equals(fields[0])
                            ? "local DATABASE USER METHOD"
                            : fields[0] + " DATABASE USER ADDRESS METHOD")
                    + ".";
        }
        return METHODS.contains(fields[place])
                ? null
                : "has the method " + fields[place] + "; it must be one of "
                        + METHODS.stream().sorted().toList() + ".";
    }
}
