package dev.matriarch.bundle;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;

/**
 * YAML with its comments and its style. The reason of each permission stands in a comment of the operator's manifest, and is to be read in the
 * bundle too.
 */
final class YamlNodes {

    private YamlNodes() {}

    /** The documents of a file, in their order. */
    static List<MappingNode> read(Path file) {
        try (Reader reader = Files.newBufferedReader(file)) {
            return StreamSupport.stream(yaml().composeAll(reader).spliterator(), false)
                    .filter(MappingNode.class::isInstance)
                    .map(MappingNode.class::cast)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String write(Node document) {
        StringWriter out = new StringWriter();
        ((MappingNode) document)
                .getValue()
                .get(0)
                .getKeyNode()
                .setBlockComments(null); // of the file that it was read from
        yaml().serialize(document, out);
        return withCommentsAboveTheirElement(out.toString());
    }

    /** The node at a path of keys, if there is one. */
    static Optional<Node> find(Node from, String... path) {
        Node node = from;
        for (String key : path) {
            if (!(node instanceof MappingNode mapping)) {
                return Optional.empty();
            }
            Optional<Node> next = mapping.getValue().stream()
                    .filter(tuple -> key.equals(text(tuple.getKeyNode())))
                    .map(NodeTuple::getValueNode)
                    .findFirst();
            if (next.isEmpty()) {
                return Optional.empty();
            }
            node = next.get();
        }
        return Optional.of(node);
    }

    /** The node at a path of keys, which must be there. */
    static Node get(Node from, String... path) {
        return find(from, path)
                .orElseThrow(() -> new IllegalStateException("there is no " + String.join(".", path) + " in "
                        + find(from, "kind").map(YamlNodes::text).orElse("it")));
    }

    static String text(Node scalar) {
        return ((ScalarNode) scalar).getValue();
    }

    static String text(Node from, String... path) {
        return text(get(from, path));
    }

    /** The elements of a list, or none where there is no list. */
    static Stream<Node> elements(Node from, String... path) {
        return find(from, path).stream().flatMap(node -> ((SequenceNode) node).getValue().stream());
    }

    /** Takes away the comment above a document, when it is about the file that it was read from. */
    static Node withoutHead(MappingNode document) {
        document.getValue().get(0).getKeyNode().setBlockComments(null);
        return document;
    }

    /** Sets a key of a mapping, at the end where it is new. */
    static void put(Node mapping, String key, Node value) {
        List<NodeTuple> tuples = ((MappingNode) mapping).getValue();
        for (int i = 0; i < tuples.size(); i++) {
            if (key.equals(text(tuples.get(i).getKeyNode()))) {
                tuples.set(i, new NodeTuple(tuples.get(i).getKeyNode(), value));
                return;
            }
        }
        tuples.add(new NodeTuple(scalar(key), value));
    }

    static void remove(Node mapping, String key) {
        ((MappingNode) mapping).getValue().removeIf(tuple -> key.equals(text(tuple.getKeyNode())));
    }

    static ScalarNode scalar(String value) {
        // Quoted where YAML would read something else than a string.
        boolean plain = value.matches("[A-Za-z/][A-Za-z0-9./@-]*(:[A-Za-z0-9./@-]+)*")
                && !value.matches("(?i)true|false|yes|no|on|off|null|y|n");
        return new ScalarNode(
                Tag.STR,
                value,
                null,
                null,
                plain ? DumperOptions.ScalarStyle.PLAIN : DumperOptions.ScalarStyle.DOUBLE_QUOTED);
    }

    static ScalarNode block(String value) {
        return new ScalarNode(Tag.STR, value, null, null, DumperOptions.ScalarStyle.LITERAL);
    }

    static MappingNode mapping() {
        return new MappingNode(Tag.MAP, new ArrayList<>(), DumperOptions.FlowStyle.BLOCK);
    }

    static SequenceNode sequence(List<? extends Node> elements) {
        return new SequenceNode(Tag.SEQ, new ArrayList<>(elements), DumperOptions.FlowStyle.BLOCK);
    }

    /** The library writes a comment above an element of a list behind the dash of that element. */
    private static String withCommentsAboveTheirElement(String yaml) {
        StringBuilder out = new StringBuilder();
        String dash = null;
        for (String line : yaml.lines().toList()) {
            int at = line.indexOf("- #");
            if (at >= 0 && line.substring(0, at).isBlank()) {
                dash = line.substring(0, at);
                line = dash + line.substring(at + 2);
            } else if (dash != null && line.startsWith(dash + "  #")) {
                line = dash + line.substring(dash.length() + 2);
            } else if (dash != null) {
                line = dash + "- " + line.substring(dash.length() + 2);
                dash = null;
            }
            out.append(line).append('\n');
        }
        return out.toString();
    }

    private static Yaml yaml() {
        LoaderOptions loading = new LoaderOptions();
        loading.setProcessComments(true);
        DumperOptions dumping = new DumperOptions();
        dumping.setProcessComments(true);
        dumping.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        dumping.setSplitLines(false);
        dumping.setWidth(Integer.MAX_VALUE);
        return new Yaml(new SafeConstructor(loading), new Representer(dumping), dumping, loading);
    }
}
