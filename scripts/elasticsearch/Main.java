import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/** One Elasticsearch node from the published jars; each argument is a setting, name=value. */
public class Main {
    public static void main(String[] arguments) throws Exception {
        Settings.Builder settings = Settings.builder();
        for (String argument : arguments) {
            String[] pair = argument.split("=", 2);
            if (pair[1].startsWith("[")) {
                settings.putList(pair[0], pair[1].substring(1, pair[1].length() - 1).split(","));
            } else {
                settings.put(pair[0], pair[1]);
            }
        }
        Path home = Path.of(settings.get("path.home"));
        LogConfigurator.configureESLogging();
        Node node = new Node(
            new Environment(settings.build(), home.resolve("config")),
            PluginsLoader.createPluginsLoader(
                PluginsLoader.loadModulesBundles(home.resolve("modules")), Set.of(), Map.of(), false));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                node.close();
            } catch (Exception error) {
                error.printStackTrace();
            }
        }));
        node.start();
        new CountDownLatch(1).await();
    }
}
