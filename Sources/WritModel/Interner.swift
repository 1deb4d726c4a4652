/// Texts by number: equal texts have equal symbols, so comparing them is comparing integers.
///
/// A stream marks the interner before a chunk and rewinds to the mark after it, so the texts of
/// records that nothing keeps cost nothing.
public struct Interner: Sendable {
  private var symbols: [String: UInt32] = [:]
  private var texts: [String] = []

  public init() {}

  public var count: Int { texts.count }

  /// The symbol of a text, new or known. Amortised O(length).
  public mutating func intern(_ text: String) -> Symbol {
    if let known = symbols[text] { return Symbol(Int(known)) }
    symbols[text] = UInt32(texts.count)
    texts.append(text)
    return Symbol(texts.count - 1)
  }

  public func text(of symbol: Symbol) -> String { texts[Int(symbol.index)] }
}
