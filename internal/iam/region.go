package iam

import "slices"

// A region is all requests for an action of one pattern on a resource of another.
type region struct {
	action, resource    *glob
	anAction, aResource string // One request of them.
	// administrative is set where whoever is allowed all of it is an administrator.
	administrative bool
	effort         *effort
}

// A block is what one statement is about, as globs: all requests for an action of one list on a resource of another. It
// is made for one question, so that variables have their values.
type block struct {
	actions, resources span
}

// covers says whether the union of spans holds all texts of a glob.
//
// A text that the union misses is in none of the lists, and in all exceptions. So there is none exactly if each text
// that the glob and one pattern of each exception have in common is matched by a pattern of the lists.
func covers(want *glob, spans []span, e *effort) truth {
	var by []*glob
	var exceptions [][]*glob
	for _, s := range spans {
		if !s.except {
			by = append(by, s.globs...)
			continue
		}
		common := slices.DeleteFunc(slices.Clone(s.globs), func(g *glob) bool { return disjoint(g, want) })
		if len(common) == 0 {
			return yes
		}
		exceptions = append(exceptions, common)
	}
	return coversAll([]*glob{want}, exceptions, by, e)
}

// coversAll asks [covered] for each way to pick one pattern of each exception.
func coversAll(want []*glob, exceptions [][]*glob, by []*glob, e *effort) truth {
	if e.spent() {
		return maybe
	}
	if len(exceptions) == 0 {
		return covered(want, by, e)
	}
	all := yes
	for _, g := range exceptions[0] {
		all = min(all, coversAll(append(want, g), exceptions[1:], by, e))
		if all == no {
			break
		}
	}
	return all
}

// apartFrom says whether no text of the glob is in the span.
func (s span) apartFrom(want *glob, e *effort) truth {
	if s.except {
		return covered([]*glob{want}, s.globs, e)
	}
	if !e.spend(1 + len(s.globs)) {
		return maybe
	}
	for _, g := range s.globs {
		if !disjoint(g, want) {
			return no
		}
	}
	return yes
}

// touches says whether a request of the region is in the block.
func (b block) touches(r region) truth {
	return max(b.actions.apartFrom(r.action, r.effort), b.resources.apartFrom(r.resource, r.effort)).opposite()
}

// maxCrossed is how many blocks that cover neither all actions nor all resources of a region are looked at: the work is
// exponential in them.
const maxCrossed = 8

// coverRegion says whether each request of the region is in one of the blocks.
//
// A request is missed if its action is missed by some of the blocks and its resource by the others. Blocks that hold
// all resources of the region can only miss the action, those that hold all actions only the resource; for the rest,
// each way to share them out is asked.
func coverRegion(r region, blocks []block) truth {
	var wide, tall []span // The actions of blocks with all resources; the resources of blocks with all actions.
	var crossed []block
	for _, b := range blocks {
		if b.touches(r) == no {
			continue
		}
		allActions := covers(r.action, []span{b.actions}, r.effort) == yes
		allResources := covers(r.resource, []span{b.resources}, r.effort) == yes
		switch {
		case allActions && allResources:
			return yes
		case allResources:
			wide = append(wide, b.actions)
		case allActions:
			tall = append(tall, b.resources)
		default:
			crossed = append(crossed, b)
		}
	}
	return share(r, wide, tall, crossed)
}

// share gives each of the crossed blocks to the side of the actions or that of the resources.
func share(r region, wide, tall []span, crossed []block) truth {
	if len(crossed) == 0 {
		return max(covers(r.action, wide, r.effort), covers(r.resource, tall, r.effort))
	}
	if best := max(covers(r.action, wide, r.effort), covers(r.resource, tall, r.effort)); best == yes {
		return yes
	}
	if len(crossed) > maxCrossed {
		return maybe
	}
	first, rest := crossed[0], crossed[1:]
	ofAction := share(r, append(slices.Clone(wide), first.actions), tall, rest)
	if ofAction == no {
		return no
	}
	return min(ofAction, share(r, wide, append(slices.Clone(tall), first.resources), rest))
}
