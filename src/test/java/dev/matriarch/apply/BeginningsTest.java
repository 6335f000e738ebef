package dev.matriarch.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.Samples;
import dev.matriarch.api.PgCluster;
import dev.matriarch.decide.Instance;
import dev.matriarch.objects.AppSecret;
import dev.matriarch.objects.Blueprint;
import dev.matriarch.postgres.Bootstrapping.Begun;
import dev.matriarch.status.Problem;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A cluster that is made again over kept volumes goes on with what it began with. */
class BeginningsTest {

    private static final Begun SHOP = new Begun("shop", "keeper");

    private final PgCluster cluster =
            Samples.cluster("bootstrap: {database: store, owner: keeper, locale: de_DE.UTF-8}");
    private final List<Problem> problems = new ArrayList<>();

    @Test
    void theDataIsBelieved() {
        keep(primary(true), Optional.of(SHOP), Optional.empty());
        begins("shop", "keeper");
        assertThat(cluster.getSpec().bootstrap().locale()).isEqualTo("de_DE.UTF-8");
        assertThat(problems).singleElement().satisfies(each -> {
            assertThat(each.field()).isEqualTo("spec.bootstrap.database");
            assertThat(each.message())
                    .contains("began with shop, not store", "Secret orders-app leads to shop", "with database: shop");
        });
    }

    @Test
    void whatWasSaidOnceHoldsWhileThePrimaryIsAway() {
        keep(Optional.empty(), Optional.of(SHOP), Optional.empty());
        assertThat(problems).hasSize(1);
    }

    @Test
    void untilItSpeaksTheKeptSecretIsBelievedButNothingIsToldYet() {
        keep(Optional.empty(), Optional.empty(), Optional.of(kept()));
        begins("shop", "keeper");
        assertThat(problems).isEmpty();
    }

    @Test
    void theNoteOfAnOlderReleaseIsTheSecret() {
        keep(primary(true), Optional.empty(), Optional.of(kept()));
        begins("shop", "keeper");
        assertThat(problems).hasSize(1);
    }

    @Test
    void aClusterThatDidNotGetToItsBootstrapBeginsAsItsSpecSays() {
        keep(primary(false), Optional.empty(), Optional.of(kept()));
        begins("store", "keeper");
        assertThat(problems).isEmpty();
    }

    @Test
    void aNewClusterIsWhatItsSpecSays() {
        keep(Optional.empty(), Optional.empty(), Optional.empty());
        begins("store", "keeper");
        keep(primary(true), Optional.of(new Begun("store", "keeper")), Optional.empty());
        begins("store", "keeper");
        assertThat(problems).isEmpty();
    }

    private void keep(Optional<Instance.Database> primary, Optional<Begun> data, Optional<Secret> kept) {
        Beginnings.keep(cluster, primary, data, kept, problems);
    }

    private void begins(String database, String owner) {
        assertThat(cluster.getSpec().bootstrap().database()).isEqualTo(database);
        assertThat(cluster.getSpec().bootstrap().owner()).isEqualTo(owner);
    }

    private static Secret kept() {
        Blueprint blueprint = Samples.blueprint("bootstrap: {database: shop, owner: keeper}");
        return AppSecret.build(blueprint, "secret");
    }

    private static Optional<Instance.Database> primary(boolean bootstrapped) {
        return Optional.of(new Instance.Database(
                false,
                "74",
                "17.6",
                1,
                null,
                1,
                1,
                "",
                true,
                bootstrapped,
                null,
                List.of(),
                List.of(),
                false,
                false,
                Optional.empty(),
                false,
                "",
                List.of()));
    }
}
