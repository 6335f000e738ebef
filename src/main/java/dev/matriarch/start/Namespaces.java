package dev.matriarch.start;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** The namespaces that an operator works for. */
final class Namespaces {

    static final String PROPERTY = "matriarch.namespaces";

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final String REMEDY =
            "Give names of namespaces with commas between them, as in --namespaces orders,billing, or nothing for all.";

    private Namespaces() {}

    /**
     * Reads a list.
     *
     * @return none if it works for all
     * @throws Refusal if an element is not the name of a namespace
     */
    static List<String> parse(String list) {
        if (list.isBlank()) {
            return List.of();
        }
        List<String> names =
                Arrays.stream(list.split(",", -1)).map(String::strip).toList();
        for (String name : names) {
            if (name.isEmpty()) {
                throw new Refusal("the list of namespaces \"" + list + "\" has an empty element", REMEDY);
            }
            if (!NAME.matcher(name).matches()) {
                throw new Refusal("\"" + name + "\" in the list of namespaces is not the name of one", REMEDY);
            }
        }
        return names;
    }
}
