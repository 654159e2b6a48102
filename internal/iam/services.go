package iam

import (
	"slices"
	"strings"
)

// ServiceAccess is one service that a principal has in full.
type ServiceAccess struct {
	// Service is the prefix of its actions: s3. It is [EveryService] for all services that the policies do not name, and
	// may hold wildcards where a policy's does.
	Service string
	// Without lists, for EveryService, the services of which less can be said.
	Without []string
	Standing
}

// EveryService stands for all services that the policies do not name.
const EveryService = "*"

// unnamed is the name of a service that no policy names.
const unnamed = string(fresh)

// FullAccess says whether the principal has a service in full: each of its actions, on each of its resources in the
// principal's account. "s3:*" on "*" is that, and "s3:*" on "arn:aws:s3:::*", and what several statements say together;
// "s3:*" on one bucket is not, nor is a list of all the actions that a service has today. Denied actions are listed in
// Except; where all of the service is denied, the verdict is Denied.
func (p *Principal) FullAccess(service string, c Context) Standing {
	e := enough
	return p.full(strings.ToLower(service), facts{asked: c, implied: p.implied}, &e)
}

// full says whether the principal has a service in full, at the place that speaks most for it.
func (p *Principal) full(service string, known facts, e *effort) Standing {
	if e.spent() {
		return Standing{Verdict: Unknown, Why: Reason{Kind: TooComplex}}
	}
	var best Standing
	for i, at := range p.places() {
		s := p.standing(at.service(service, e), known)
		at.weaken(&s, p.name)
		if i == 0 || s.Verdict > best.Verdict {
			best = s
		}
	}
	return best
}

// FullServices lists the services that the principal has in full, or may have: first EveryService if that is one, then
// the services that the policies name and that EveryService does not speak for, sorted.
func (p *Principal) FullServices(c Context) []ServiceAccess {
	known, e := facts{asked: c, implied: p.implied}, enough
	var full []ServiceAccess
	every := ServiceAccess{Service: EveryService, Standing: p.full(unnamed, known, &e)}
	for _, name := range p.named(every.Verdict != Denied) {
		s := ServiceAccess{Service: name, Standing: p.full(name, known, &e)}
		if s.Verdict < every.Verdict {
			every.Without = append(every.Without, name)
		}
		if s.Verdict > every.Verdict || s.Verdict == Unknown && every.Verdict == Allowed || s.Verdict == Allowed && len(s.Except) > len(every.Except) {
			full = append(full, s)
		}
	}
	if every.Verdict != Denied {
		full = slices.Insert(full, 0, every)
	}
	return full
}

// named lists the services that a statement may give in full, sorted; with all, every service that a statement names.
func (p *Principal) named(all bool) []string {
	var names []string
	for i, l := range p.layers {
		for _, h := range l.held {
			for j := range h.document.statements {
				s := &h.document.statements[j]
				switch {
				case all:
					names = append(names, s.services...)
				case i == 0 && !s.deny && !s.actions.except:
					names = append(names, s.whole...)
				}
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// services lists the services that the patterns of an action list name; whole are those of patterns that end in nothing
// but a "*" after the service.
func (l *list) services() (all, whole []string) {
	for i := range l.patterns {
		text := l.patterns[i].widest.String()
		service, action, found := strings.Cut(text, ":")
		if !found {
			service, action = strings.TrimSuffix(text, "*"), "*"
		}
		if strings.Trim(service, "*?") == "" {
			continue
		}
		all = append(all, service)
		if strings.Trim(action, "*?") == "" && strings.HasSuffix(action, "*") {
			whole = append(whole, service)
		}
	}
	slices.Sort(all)
	slices.Sort(whole)
	return slices.Compact(all), slices.Compact(whole)
}

// service is the region of a whole service, as far as it is the principal's: the resources of its account.
func (at place) service(name string, e *effort) region {
	a := at.arn(name, "*")
	switch form := formOf(name); {
	case name == unnamed || strings.ContainsAny(name, "*?"):
		return newRegion(name+":*", at.everyResource(), e)
	case form == noAccount:
		a.Region, a.Account = "*", ""
	case form == neither:
		a.Account = ""
	case form == regional:
		a.Region = "*"
	}
	r := newRegion(name+":*", a.String(), e)
	r.administrative = name == "iam"
	return r
}

// form is which parts the ARNs of a service have.
type form uint8

const (
	regional form = iota
	noRegion
	noAccount
	neither
)

// formOf gives the form of a service's ARNs. Services that are not listed have the regional one; a statement on all of
// "arn:aws:SERVICE::ACCOUNT:*" of another service is then not taken for the whole of it.
// Source: Service Authorization Reference, "Resource types defined by" each service.
func formOf(service string) form {
	switch service {
	case "s3", "route53":
		return neither
	case "apigateway":
		return noAccount
	case "account", "budgets", "cloudfront", "globalaccelerator", "iam", "networkmanager", "organizations", "shield", "sts", "waf":
		return noRegion
	default:
		return regional
	}
}
