import Synchronization

extension Analysis {
  /// What the long searches of one rule set came to, for others that are much alike.
  ///
  /// Rule sets that are compared are mostly forms of one: the same guards in the same order, other
  /// outcomes here and there. Which rules cover which is a question about regions alone, so where
  /// the regions of two sets are equal the first answer stands for both; all words and places in
  /// what is told come from the set at hand. Several threads may ask at once.
  public final class Memo: Sendable {
    private let searched = Mutex<[Searched]>([])
    /// So many of the last searches are known.
    private static let most = 64

    public init() {}

    /// The search of these regions, done now unless it is known.
    func search(_ layout: Layout) -> Searched {
      // Compared outside of the lock, which is a long comparison.
      let known = searched.withLock { $0 }.last { $0.layout == layout }
      if let known { return known }
      let made = Searched(layout)
      searched.withLock { searched in
        if searched.count == Self.most { searched.removeFirst() }
        searched.append(made)
      }
      return made
    }
  }

  /// The regions of the rules of a choose, and what else decides how they cover each other.
  struct Layout: Equatable, Sendable {
    var effort: Effort
    /// All cells of each dimension.
    var whole: [CellSet]
    /// See `ChooseAnalysis`.
    var owners: [Int]
    var beating: [Int]
    /// By alternative: whether its boxes take in more than where it holds.
    var isOverestimate: [Bool]
    var boxes: [Box]
  }

  /// What a layout came to.
  struct Searched: Sendable {
    let layout: Layout
    let overlaps: Overlaps
    let shadows: Shadows

    init(_ layout: Layout) {
      self.layout = layout
      overlaps = Overlaps(layout.boxes, whole: layout.whole)
      shadows = Shadows(of: layout, overlaps)
    }
  }
}
