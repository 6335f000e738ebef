package dev.matriarch.start;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Where it begins, in a Pod and on a laptop. What can be said without Quarkus is said before that is started. */
@QuarkusMain
public class Main {

    /** Of a command line that cannot be followed. */
    private static final int WRONG_USE = 2;

    private Main() {}

    /** Ends with 0 after help, 2 for a command line, a kubeconfig or a port that cannot be used, 1 when the cluster lacks something. */
    public static void main(String... args) {
        try {
            Map<String, String> configuration = new TreeMap<>();
            // A Pod gives no options, and what parses them is the longer part of this.
            String answer =
                    args.length == 0 ? "" : new CommandLineOptions(Resources.version()).parse(args, configuration);
            if (!answer.isEmpty()) {
                System.out.print(answer);
                return;
            }
            CommandLineOptions.addSetOtherwise(configuration, System::getProperty);
            Kubeconfig.check(configuration, System.getenv(), Path.of(System.getProperty("user.home")));
            Port.check(configuration, System.getenv());
            configuration.forEach(System::setProperty);
        } catch (Refusal e) {
            System.err.println(e.told());
            System.exit(WRONG_USE);
        }
        Quarkus.run();
    }
}
