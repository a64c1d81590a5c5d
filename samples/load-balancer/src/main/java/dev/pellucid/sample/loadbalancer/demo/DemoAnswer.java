package dev.pellucid.sample.loadbalancer.demo;

/**
 * One answered request.
 *
 * @param asked the address and port the client asked
 * @param believed the address and port that, for all the client's kernel knows, answered
 * @param server the server that answered
 * @param saw the address that the server saw as its client's
 */
record DemoAnswer(String asked, String believed, String server, String saw) {}
