; Waltz for CLIPS: the rules of playground/classics/waltz, pattern for pattern.

(deftemplate stage (slot value))
(deftemplate line (slot p1) (slot p2))
(deftemplate edge (slot p1) (slot p2) (slot joined (default no)) (slot label (default none))
  (slot plotted (default no)))
(deftemplate junction (slot type) (slot base_point) (slot p1) (slot p2) (slot p3 (default none)))

(deffunction across (?b ?p ?q)
  (bind ?x (div ?b 100)) (bind ?y (mod ?b 100))
  (- (* (- (div ?p 100) ?x) (- (mod ?q 100) ?y)) (* (- (mod ?p 100) ?y) (- (div ?q 100) ?x))))
(deffunction along (?b ?p ?q)
  (bind ?x (div ?b 100)) (bind ?y (mod ?b 100))
  (+ (* (- (div ?p 100) ?x) (- (div ?q 100) ?x)) (* (- (mod ?p 100) ?y) (- (mod ?q 100) ?y))))
(deffunction cosine (?b ?p ?q)
  (bind ?d (along ?b ?p ?q))
  (* ?d (abs ?d)))
(deffunction is-wider (?b ?p ?q ?r)
  (< (* (cosine ?b ?p ?q) (along ?b ?r ?r)) (* (cosine ?b ?p ?r) (along ?b ?q ?q))))
(deffunction is-turn (?b ?p ?q ?r)
  (and (> (across ?b ?p ?q) 0) (> (across ?b ?q ?r) 0)
       (or (<= (across ?b ?r ?p) 0)
           (and (not (is-wider ?b ?p ?q ?r)) (is-wider ?b ?r ?p ?q)))))
(deffunction shape (?b ?p ?r)
  (bind ?a (across ?b ?r ?p))
  (if (= ?a 0) then tee else (if (< ?a 0) then arrow else fork)))

(defrule reverse_edges
  (stage (value duplicate))
  ?l <- (line (p1 ?p1) (p2 ?p2))
  =>
  (assert (edge (p1 ?p1) (p2 ?p2)))
  (assert (edge (p1 ?p2) (p2 ?p1)))
  (retract ?l))
(defrule done_reversing
  (declare (salience -10))
  ?x <- (stage (value duplicate))
  (not (line))
  =>
  (modify ?x (value detect_junctions)))
(defrule make-3_junction
  (declare (salience 10))
  (stage (value detect_junctions))
  ?e <- (edge (p1 ?b) (p2 ?p1) (joined no))
  ?f <- (edge (p1 ?b) (p2 ?p2&~?p1) (joined no))
  ?g <- (edge (p1 ?b) (p2 ?p3&~?p1&~?p2) (joined no))
  (test (is-turn ?b ?p1 ?p2 ?p3))
  =>
  (assert (junction (type (shape ?b ?p1 ?p3)) (base_point ?b) (p1 ?p1) (p2 ?p2) (p3 ?p3)))
  (modify ?e (joined yes))
  (modify ?f (joined yes))
  (modify ?g (joined yes)))
(defrule make_L
  (stage (value detect_junctions))
  ?e <- (edge (p1 ?b) (p2 ?p1) (joined no))
  ?f <- (edge (p1 ?b) (p2 ?p2&:(> ?p2 ?p1)) (joined no))
  (not (edge (p1 ?b) (p2 ~?p1&~?p2)))
  =>
  (assert (junction (type L) (base_point ?b) (p1 ?p1) (p2 ?p2)))
  (modify ?e (joined yes))
  (modify ?f (joined yes)))
(defrule done_detecting
  (declare (salience -10))
  ?x <- (stage (value detect_junctions))
  (not (edge (joined no)))
  =>
  (modify ?x (value find_initial_boundary)))
(defrule initial_boundary_junction_L
  ?x <- (stage (value find_initial_boundary))
  (junction (type L) (base_point ?b) (p1 ?p1) (p2 ?p2))
  ?e <- (edge (p1 ?b) (p2 ?p1))
  ?f <- (edge (p1 ?b) (p2 ?p2))
  (not (junction (base_point ?o&:(> ?o ?b))))
  =>
  (modify ?e (label B))
  (modify ?f (label B))
  (modify ?x (value find_second_boundary)))
(defrule initial_boundary_junction_arrow
  ?x <- (stage (value find_initial_boundary))
  (junction (type arrow) (base_point ?b) (p1 ?p1) (p2 ?p2) (p3 ?p3))
  ?e <- (edge (p1 ?b) (p2 ?p1))
  ?f <- (edge (p1 ?b) (p2 ?p2))
  ?g <- (edge (p1 ?b) (p2 ?p3))
  (not (junction (base_point ?o&:(> ?o ?b))))
  =>
  (modify ?e (label B))
  (modify ?f (label +))
  (modify ?g (label B))
  (modify ?x (value find_second_boundary)))
(defrule second_boundary_junction_L
  ?x <- (stage (value find_second_boundary))
  (junction (type L) (base_point ?b) (p1 ?p1) (p2 ?p2))
  ?e <- (edge (p1 ?b) (p2 ?p1))
  ?f <- (edge (p1 ?b) (p2 ?p2))
  (not (junction (base_point ?o&:(< ?o ?b))))
  =>
  (modify ?e (label B))
  (modify ?f (label B))
  (modify ?x (value labeling)))
(defrule second_boundary_junction_arrow
  ?x <- (stage (value find_second_boundary))
  (junction (type arrow) (base_point ?b) (p1 ?p1) (p2 ?p2) (p3 ?p3))
  ?e <- (edge (p1 ?b) (p2 ?p1))
  ?f <- (edge (p1 ?b) (p2 ?p2))
  ?g <- (edge (p1 ?b) (p2 ?p3))
  (not (junction (base_point ?o&:(< ?o ?b))))
  =>
  (modify ?e (label B))
  (modify ?f (label +))
  (modify ?g (label B))
  (modify ?x (value labeling)))
(defrule match_edge
  (stage (value labeling))
  ?e <- (edge (p1 ?p1) (p2 ?p2) (label ?l&~none))
  ?f <- (edge (p1 ?p2) (p2 ?p1) (label none))
  =>
  (modify ?e (plotted yes))
  (modify ?f (label ?l) (plotted yes)))
(defrule label_L
  (stage (value labeling))
  (junction (type L) (base_point ?b))
  (edge (p1 ?b) (p2 ?p1) (label +|-))
  ?f <- (edge (p1 ?b) (p2 ~?p1) (label none))
  =>
  (modify ?f (label B)))
(defrule label_tee_A
  (declare (salience 5))
  (stage (value labeling))
  (junction (type tee) (base_point ?b) (p1 ?p1) (p3 ?p3))
  ?e <- (edge (p1 ?b) (p2 ?p1) (label none))
  ?g <- (edge (p1 ?b) (p2 ?p3))
  =>
  (modify ?e (label B))
  (modify ?g (label B)))
(defrule label_tee_B
  (declare (salience 0))
  (stage (value labeling))
  (junction (type tee) (base_point ?b) (p1 ?p1) (p3 ?p3))
  ?e <- (edge (p1 ?b) (p2 ?p1))
  ?g <- (edge (p1 ?b) (p2 ?p3) (label none))
  =>
  (modify ?e (label B))
  (modify ?g (label B)))
(defrule label_fork-1
  (stage (value labeling))
  (junction (type fork) (base_point ?b))
  (edge (p1 ?b) (p2 ?p1) (label +))
  ?f <- (edge (p1 ?b) (p2 ?p2&~?p1) (label none))
  ?g <- (edge (p1 ?b) (p2 ?p3&~?p1&~?p2))
  =>
  (modify ?f (label +))
  (modify ?g (label +)))
(defrule label_fork-2
  (stage (value labeling))
  (junction (type fork) (base_point ?b))
  (edge (p1 ?b) (p2 ?p1) (label B))
  (edge (p1 ?b) (p2 ?p2&~?p1) (label -))
  ?g <- (edge (p1 ?b) (p2 ?p3&~?p1&~?p2) (label none))
  =>
  (modify ?g (label B)))
(defrule label_fork-3
  (stage (value labeling))
  (junction (type fork) (base_point ?b))
  (edge (p1 ?b) (p2 ?p1) (label B))
  (edge (p1 ?b) (p2 ?p2&:(> ?p2 ?p1)) (label B))
  ?g <- (edge (p1 ?b) (p2 ?p3&~?p1&~?p2) (label none))
  =>
  (modify ?g (label -)))
(defrule label_fork-4
  (stage (value labeling))
  (junction (type fork) (base_point ?b))
  (edge (p1 ?b) (p2 ?p1) (label -))
  (edge (p1 ?b) (p2 ?p2&:(> ?p2 ?p1)) (label -))
  ?g <- (edge (p1 ?b) (p2 ?p3&~?p1&~?p2) (label none))
  =>
  (modify ?g (label -)))
(defrule label_arrow-1A
  (declare (salience 5))
  (stage (value labeling))
  (junction (type arrow) (base_point ?b) (p1 ?p1) (p2 ?p2) (p3 ?p3))
  (edge (p1 ?b) (p2 ?p1) (label ?l&B|-))
  ?f <- (edge (p1 ?b) (p2 ?p2) (label none))
  ?g <- (edge (p1 ?b) (p2 ?p3))
  =>
  (modify ?f (label +))
  (modify ?g (label ?l)))
(defrule label_arrow-1B
  (declare (salience 0))
  (stage (value labeling))
  (junction (type arrow) (base_point ?b) (p1 ?p1) (p2 ?p2) (p3 ?p3))
  (edge (p1 ?b) (p2 ?p1) (label ?l&B|-))
  ?f <- (edge (p1 ?b) (p2 ?p2))
  ?g <- (edge (p1 ?b) (p2 ?p3) (label none))
  =>
  (modify ?f (label +))
  (modify ?g (label ?l)))
(defrule label_arrow-2A
  (declare (salience 5))
  (stage (value labeling))
  (junction (type arrow) (base_point ?b) (p1 ?p1) (p2 ?p2) (p3 ?p3))
  ?e <- (edge (p1 ?b) (p2 ?p1))
  ?f <- (edge (p1 ?b) (p2 ?p2) (label none))
  (edge (p1 ?b) (p2 ?p3) (label ?l&B|-))
  =>
  (modify ?f (label +))
  (modify ?e (label ?l)))
(defrule label_arrow-2B
  (declare (salience 0))
  (stage (value labeling))
  (junction (type arrow) (base_point ?b) (p1 ?p1) (p2 ?p2) (p3 ?p3))
  ?e <- (edge (p1 ?b) (p2 ?p1) (label none))
  ?f <- (edge (p1 ?b) (p2 ?p2))
  (edge (p1 ?b) (p2 ?p3) (label ?l&B|-))
  =>
  (modify ?f (label +))
  (modify ?e (label ?l)))
(defrule label_arrow-3A
  (declare (salience 5))
  (stage (value labeling))
  (junction (type arrow) (base_point ?b) (p1 ?p1) (p2 ?p2) (p3 ?p3))
  (edge (p1 ?b) (p2 ?p1) (label +))
  ?f <- (edge (p1 ?b) (p2 ?p2) (label none))
  ?g <- (edge (p1 ?b) (p2 ?p3))
  =>
  (modify ?f (label -))
  (modify ?g (label +)))
(defrule label_arrow-3B
  (declare (salience 0))
  (stage (value labeling))
  (junction (type arrow) (base_point ?b) (p1 ?p1) (p2 ?p2) (p3 ?p3))
  (edge (p1 ?b) (p2 ?p1) (label +))
  ?f <- (edge (p1 ?b) (p2 ?p2))
  ?g <- (edge (p1 ?b) (p2 ?p3) (label none))
  =>
  (modify ?f (label -))
  (modify ?g (label +)))
(defrule label_arrow-4A
  (declare (salience 5))
  (stage (value labeling))
  (junction (type arrow) (base_point ?b) (p1 ?p1) (p2 ?p2) (p3 ?p3))
  ?e <- (edge (p1 ?b) (p2 ?p1))
  ?f <- (edge (p1 ?b) (p2 ?p2) (label none))
  (edge (p1 ?b) (p2 ?p3) (label +))
  =>
  (modify ?f (label -))
  (modify ?e (label +)))
(defrule label_arrow-4B
  (declare (salience 0))
  (stage (value labeling))
  (junction (type arrow) (base_point ?b) (p1 ?p1) (p2 ?p2) (p3 ?p3))
  ?e <- (edge (p1 ?b) (p2 ?p1) (label none))
  ?f <- (edge (p1 ?b) (p2 ?p2))
  (edge (p1 ?b) (p2 ?p3) (label +))
  =>
  (modify ?f (label -))
  (modify ?e (label +)))
(defrule label_arrow-5A
  (declare (salience 5))
  (stage (value labeling))
  (junction (type arrow) (base_point ?b) (p1 ?p1) (p2 ?p2) (p3 ?p3))
  ?e <- (edge (p1 ?b) (p2 ?p1))
  (edge (p1 ?b) (p2 ?p2) (label -))
  ?g <- (edge (p1 ?b) (p2 ?p3) (label none))
  =>
  (modify ?e (label +))
  (modify ?g (label +)))
(defrule label_arrow-5B
  (declare (salience 0))
  (stage (value labeling))
  (junction (type arrow) (base_point ?b) (p1 ?p1) (p2 ?p2) (p3 ?p3))
  ?e <- (edge (p1 ?b) (p2 ?p1) (label none))
  (edge (p1 ?b) (p2 ?p2) (label -))
  ?g <- (edge (p1 ?b) (p2 ?p3))
  =>
  (modify ?e (label +))
  (modify ?g (label +)))
(defrule done_labeling
  (declare (salience -10))
  ?x <- (stage (value labeling))
  =>
  (modify ?x (value plot_remaining_edges)))
(defrule plot_remaining
  (stage (value plot_remaining_edges))
  ?e <- (edge (label ~none) (plotted no))
  =>
  (modify ?e (plotted yes)))
(defrule plot_boundaries
  (stage (value plot_remaining_edges))
  ?e <- (edge (label none) (plotted no))
  =>
  (modify ?e (plotted yes)))
(defrule done_plotting
  (declare (salience -10))
  ?x <- (stage (value plot_remaining_edges))
  (not (edge (plotted no)))
  =>
  (modify ?x (value done)))
