package com.example.pellucid;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.api.plugin.ProxyPlugin;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class CustomPluginTest {

  @Test
  void isFoundAsPellucidFindsIt() {
    List<String> found =
        ServiceLoader.load(ProxyPlugin.class).stream()
            .map(provider -> provider.type().getName())
            .toList();
    assertEquals(List.of(CustomPlugin.class.getName()), found);
  }
}
