package dev.matriarch.start;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The options of the command line. Each is a configuration property too, so in a Pod the environment says the same. */
final class CommandLineOptions {

    private static final String NAMESPACES = "--namespaces";
    private static final String KUBECONFIG = "--kubeconfig";
    private static final String CONTEXT = "--context";
    private static final String PORT = "--port";

    /** The configuration property that each option sets. */
    private static final Map<String, String> PROPERTIES = Map.of(
            NAMESPACES, Namespaces.PROPERTY,
            KUBECONFIG, Kubeconfig.PROPERTY,
            CONTEXT, Kubeconfig.CONTEXT_PROPERTY,
            PORT, Port.PROPERTY);

    private final CommandLine line;

    CommandLineOptions(String version) {
        // Without annotations, so that a native binary needs no reflection for it.
        CommandSpec spec = CommandSpec.create()
                .name("matriarch")
                .version("matriarch " + version)
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .arity("0")
                        .description("Show this and end.")
                        .build())
                .addOption(OptionSpec.builder("-V", "--version")
                        .versionHelp(true)
                        .arity("0")
                        .description("Show the version and end.")
                        .build())
                .addOption(valued("-n", NAMESPACES, "NAMES")
                        .description(
                                "The namespaces whose PgClusters it looks after, with commas between them; all if not given. Environment: MATRIARCH_NAMESPACES.")
                        .build())
                .addOption(valued(KUBECONFIG, "FILE")
                        .description("Environment: KUBECONFIG. If neither is given: ~/.kube/config.")
                        .build())
                .addOption(valued(CONTEXT, "NAME")
                        .description("The context of the kubeconfig; its current one if not given.")
                        .build())
                .addOption(valued(PORT, "NUMBER")
                        .type(int.class)
                        .description(
                                "Where health and metrics are served; 8080 if not given, 0 for any. Environment: QUARKUS_HTTP_PORT.")
                        .build());
        spec.usageMessage()
                .width(100)
                .synopsisHeading("")
                .customSynopsis("Usage: matriarch [-n NAMES] [--kubeconfig FILE] [--context NAME] [--port NUMBER]")
                .description("%nA PostgreSQL operator: looks after the PgClusters of a Kubernetes until it is ended.%n")
                .footer(
                        "%nThe Kubernetes must have the CRDs. How Pods are reached: MATRIARCH_REACH, which is auto, direct or port-forward.",
                        "It elects no leader: where another operator works for the same namespaces, end one of them.");
        this.line = new CommandLine(spec);
    }

    private static OptionSpec.Builder valued(String... namesAndLabel) {
        String[] names = Arrays.copyOf(namesAndLabel, namesAndLabel.length - 1);
        return OptionSpec.builder(names)
                .type(String.class)
                .arity("1")
                .paramLabel(namesAndLabel[namesAndLabel.length - 1]);
    }

    /**
     * What is to be done instead of working: the text of help or version.
     *
     * @param configuration where the properties of the options given are put
     * @throws Refusal if an option is unknown or lacks its value
     */
    String parse(String[] args, Map<String, String> configuration) {
        try {
            ParseResult parsed = line.parseArgs(args);
            if (parsed.isUsageHelpRequested()) {
                return line.getUsageMessage(CommandLine.Help.Ansi.OFF);
            }
            if (parsed.isVersionHelpRequested()) {
                return String.join("\n", line.getCommandSpec().version()) + "\n";
            }
            new TreeMap<>(PROPERTIES).forEach((option, property) -> {
                if (parsed.hasMatchedOption(option)) {
                    configuration.put(
                            property,
                            parsed.matchedOption(option).stringValues().get(0));
                }
            });
            return "";
        } catch (ParameterException e) {
            throw new Refusal(e.getMessage().replaceFirst("\\.$", ""), "matriarch --help shows what it takes.");
        }
    }

    /**
     * Adds what was set in another way than by an option, as with {@code java -Dkubeconfig=FILE}.
     *
     * @param configuration what the options have set, which comes first
     * @param property the value of a property, or null
     */
    static void addSetOtherwise(Map<String, String> configuration, UnaryOperator<String> property) {
        PROPERTIES.values().forEach(name -> configuration.computeIfAbsent(name, property));
    }
}
