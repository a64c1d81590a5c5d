package dev.pellucid.sample.benchmark;

import java.util.Map;

/** Something that a client does to a peer, and what it shows. */
interface Load {
  Map<Metric, Double> measure(RunningPeer peer, Site site) throws Exception;
}
