/// The guests of Miss Manners: as many of either sex, each with some hobbies.
struct Party {
  struct Guest {
    let isFemale: Bool
    /// Bit i: hobby i + 1.
    let hobbies: Int
  }
  let guests: [Guest]

  /// The parties that are passed around as data for 8, 16, 32, 64 and 128 guests; others are drawn.
  init(guests count: Int) {
    guests = Self.known[count].map(Self.read) ?? Self.drawn(count)
  }

  /// Two or three of three hobbies each, so that any two guests share one and no seating ends before
  /// all sit.
  private static func drawn(_ count: Int) -> [Guest] {
    var dice = Dice(seed: UInt64(count))
    var sexes = (0..<count).map { $0 % 2 == 0 }
    for index in sexes.indices.reversed() { sexes.swapAt(index, dice.below(index + 1)) }
    return sexes.map { Guest(isFemale: $0, hobbies: [0b011, 0b101, 0b110, 0b111][dice.below(4)]) }
  }

  /// One letter a guest: the hobbies, and 32 for a woman, by their place in the alphabet.
  private static func read(_ text: String) -> [Guest] {
    text.utf8.map { letter in
      let value = alphabet.firstIndex(of: letter) ?? 0
      return Guest(isFemale: value & 32 != 0, hobbies: value & 31)
    }
  }

  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  private static let known: [Int: String] = [
    8: "GGHmnnmF",
    16: "nmFDGDnmnGHFHlnn",
    32: "FnjljHnnnDDGFGnnGjnnHnnFnnHFHHDH",
    64: "HnGHHHnFHHHnGDHmmHlnGGjnnHnDnnHDHnmDDnHnHFHHDnDmGGnHjnnnnnnlmnnm",
    128: "f_6PW_3Uefb2xdfaM7SGPL6_YDW_0DNz4a_PrvSG0YcvKZalfOb9_lKGrf2-P___"
      + "f8pbN_NNt_q_RR_bJftMpMef7a_3nysf6Yye__ffq5__jbm_3Gbd6uUf-TXu-vxv",
  ]
}
