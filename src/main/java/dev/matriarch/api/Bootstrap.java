package dev.matriarch.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/** What a new cluster begins with. */
@ValidationRule(
        value = "!has(self.database) || !(self.database in ['postgres', 'template0', 'template1'])",
        message = "spec.bootstrap.database: postgres, template0 and template1 exist already, choose another name")
@ValidationRule(
        value =
                "!has(self.owner) || !self.owner.startsWith('pg_') && !(self.owner in ['postgres', 'public', 'none', 'matriarch', 'matriarch_replication'])",
        message =
                "spec.bootstrap.owner: postgres, public, none, matriarch, matriarch_replication and names with pg_ are taken, choose another name")
@RegisterForReflection
public record Bootstrap(
        @JsonPropertyDescription("Name of the first database.")
        @Default("app")
        @Pattern("^[a-z_][a-z0-9_-]*$")
        @Size(min = 1, max = 63)
        String database,

        @JsonPropertyDescription("The role that owns it. Its password is in the Secret <cluster>-app.")
        @Default("app")
        @Pattern("^[a-z_][a-z0-9_-]*$")
        @Size(min = 1, max = 63)
        String owner,

        @JsonPropertyDescription("Locale of the cluster, for initdb.")
        @Default("C.UTF-8")
        @Pattern("^[A-Za-z0-9_.@-]+$")
        @Size(min = 1, max = 63)
        String locale,

        @JsonPropertyDescription("Checksums on data pages.") @Default("true")
        Boolean dataChecksums,

        @JsonPropertyDescription(
                "Statements run once in the new database, as superuser and in one transaction, before any client is admitted; each for two minutes at most.")
        @Size(max = 32)
        List<@Size(min = 1, max = 8192) String> sql) {

    public Bootstrap {
        database = database == null ? "app" : database;
        owner = owner == null ? "app" : owner;
        locale = locale == null ? "C.UTF-8" : locale;
        dataChecksums = dataChecksums == null || dataChecksums;
        sql = sql == null ? List.of() : List.copyOf(sql);
    }
}
