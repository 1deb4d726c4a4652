import Synchronization

extension Analysis {
  /// What the long searches of one rule set came to, for others that are much alike.
  ///
  /// Rule sets that are compared are mostly forms of one: the same guards in the same order, other
  /// outcomes here and there. Which rules cover which is a question about regions alone, so where
  /// the regions of two sets are equal the first answer stands for both, and where a few of them are
  /// others, what was found of rules that do not meet these stands; all words and places in what is
  /// told come from the set at hand. Several threads may ask at once.
  public final class Memo: Sendable {
    private let searched = Mutex<[Searched]>([])
    /// So many of the last searches are known.
    private static let most = 64

    public init() {}

    /// The search of these regions, done now unless it is known.
    func search(_ layout: Layout) -> Searched {
      // Compared outside of the lock, which is a long comparison.
      let all = searched.withLock { $0 }
      let known = all.last { $0.layout == layout }
      if let known { return known }
      let made = Searched(layout, after: all.last { $0.layout.isOfOneForm(layout) })
      searched.withLock { searched in
        if searched.count == Self.most { searched.removeFirst() }
        searched.append(made)
      }
      return made
    }
  }

  /// The regions of the rules of a choose, and what else decides how they cover each other.
  struct Layout: Equatable, Sendable {
    /// What the searches may cost, in words of bits looked at.
    var words: Int
    /// All cells of each dimension.
    var whole: [CellSet]
    /// See `ChooseAnalysis`.
    var owners: [Int]
    var beating: [Int]
    /// By alternative: whether its boxes take in more than where it holds.
    var isOverestimate: [Bool]
    var boxes: [Box]

    /// Whether all is the same but for boxes.
    func isOfOneForm(_ other: Layout) -> Bool {
      words == other.words && boxes.count == other.boxes.count && whole == other.whole
        && owners == other.owners && beating == other.beating
        && isOverestimate == other.isOverestimate
    }
  }

  /// What a layout came to.
  struct Searched: Sendable {
    let layout: Layout
    let overlaps: Overlaps
    let shadows: Shadows

    init(_ layout: Layout, after earlier: Searched? = nil) {
      let overlaps = Overlaps(layout.boxes, whole: layout.whole)
      let known = earlier?.known(standingIn: layout, overlaps) ?? []
      self.layout = layout
      self.overlaps = overlaps
      shadows = Shadows(of: layout, overlaps, known: known)
    }

    /// What was found of the alternatives, by alternative, where a search in another layout of one
    /// form would go the same way.
    ///
    /// A search looks only at boxes that may meet the one it asks about, as the rows of bits tell.
    /// So it goes the same way where its own boxes are the same and meet none of those that are
    /// others, neither as they were nor as they are.
    func known(standingIn other: Layout, _ overlapsThere: Overlaps) -> [Shadows.Found?] {
      guard overlaps.hasRows, overlapsThere.hasRows, overlaps.parting == overlapsThere.parting
      else { return [] }
      let changed = layout.boxes.indices.filter { layout.boxes[$0] != other.boxes[$0] }
      guard changed.count <= layout.boxes.count / 4 else { return [] }
      var found = shadows.found
      let all = Overlaps.bits(before: layout.boxes.count)
      var touched = Array(repeating: UInt64(0), count: all.count)
      for place in changed {
        found[layout.owners[place]] = nil
        let before = overlaps.meeting(layout.boxes[place], among: all)
        let after = overlapsThere.meeting(other.boxes[place], among: all)
        for word in all.indices { touched[word] |= before[word] | after[word] }
      }
      for place in layout.boxes.indices where touched[place >> 6] >> UInt64(place & 63) & 1 != 0 {
        found[layout.owners[place]] = nil
      }
      return found
    }
  }
}
