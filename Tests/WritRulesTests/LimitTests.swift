import Testing

@Suite struct LimitTests {
  /// A table of queues, one a customer, that someone made by a program.
  @Test func `numbers of types are bounded`() {
    let names = (0...60_000).map { "q\($0)" }.joined(separator: ", ")
    #expect(Checked("queue \(names)\nqueue last\n").codes.contains("too-many-types"))
  }
}
