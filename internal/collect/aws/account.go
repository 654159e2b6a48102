package aws

import (
	"context"
	"slices"
	"strings"
	"sync"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/merlonsec/merlon/internal/inventory"
	resource "github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
)

// account is one account that is read.
type account struct {
	run   *run
	base  sdk.Config
	home  string         // the Region in which it is asked about what is not of a Region
	scope resource.Scope // without a Region

	sites  []*site
	failed []inventory.Source // what could not even be begun

	mu     sync.Mutex
	places map[string]*place
}

// identityCall asks who the caller is. AWS answers everybody.
func identityCall() *call[sts.GetCallerIdentityInput, sts.GetCallerIdentityOutput] {
	c := of("sts", getCallerIdentity)
	c.free = true
	return c
}

// regionsCall asks which Regions there are, and which of them the account has.
func regionsCall() *call[ec2.DescribeRegionsInput, ec2.DescribeRegionsOutput] {
	return ofEC2(describeRegions)
}

// accounts finds out which accounts and Regions there are to read.
func (r *run) accounts(ctx context.Context) []*account {
	base, err := r.config(ctx)
	if err != nil {
		return []*account{broken("AWS", reasonOfConfig(err))}
	}
	if len(r.o.Roles) == 0 {
		return []*account{r.account(ctx, base, "AWS")}
	}
	all := make([]*account, len(r.o.Roles))
	for i, role := range r.o.Roles {
		arn, ok := inventory.ParseARN(role)
		if !ok || arn.Service != "iam" || !strings.HasPrefix(arn.Resource, "role/") {
			all[i] = broken(role, "it is not the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME")
			continue
		}
		all[i] = r.account(ctx, assume(base, role, r.home(base)), role)
	}
	return all
}

func broken(name, why string) *account {
	return &account{failed: []inventory.Source{failedSource(name, why)}}
}

func failedSource(name, why string) inventory.Source {
	return inventory.Source{Kind: sourceKind, Name: name, Status: inventory.StatusFailed, NotAssessed: []inventory.NotRead{{What: name, Why: why}}}
}

// home is the Region in which is asked what is not of a Region: the one that the user's settings name, or the first that
// is to be read.
func (r *run) home(base sdk.Config) string {
	if base.Region != "" {
		return base.Region
	}
	for _, region := range r.o.Regions {
		if region != AllRegions {
			return region
		}
	}
	return usualRegion("")
}

// account finds out who the caller is, and which Regions are to be read.
func (r *run) account(ctx context.Context, base sdk.Config, name string) *account {
	a := &account{run: r, base: base, home: r.home(base), places: map[string]*place{}}
	if why := a.identify(ctx); why != "" {
		return broken(name, why)
	}
	regions := a.regions(ctx)
	if len(regions) == 0 {
		return a
	}
	a.sites = append(a.sites, a.site(newPlace(a.base, a.scope, a.home), func(s step) bool { return s.global }))
	for _, region := range regions {
		a.sites = append(a.sites, a.site(a.placeIn(region), func(s step) bool { return !s.global }))
	}
	return a
}

func (a *account) site(p *place, want func(step) bool) *site {
	s := &site{
		run: a.run, place: p, others: a.placeIn, slots: make(chan struct{}, inFlight),
		missing: map[string]bool{}, resources: map[inventory.UID]*inventory.Resource{},
	}
	for _, step := range steps() {
		if want(step) {
			s.steps = append(s.steps, step)
		}
	}
	return s
}

// placeIn gives the place of a Region.
func (a *account) placeIn(region string) *place {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.places[region] == nil {
		scope := a.scope
		scope.Region = region
		a.places[region] = newPlace(a.base, scope, a.home)
	}
	return a.places[region]
}

// identify finds out who the caller is, and says why not. In a Region that is not enabled for the account nobody knows
// the caller; then it asks in the one that every account has.
func (a *account) identify(ctx context.Context) (why string) {
	out, err := a.ask(ctx)
	if err != nil && reasonOf(err).kind == credentials && !isCredentials(err) && a.home != usualRegion(a.home) {
		first := a.home
		a.home = usualRegion(a.home)
		if out, err = a.ask(ctx); err != nil {
			a.home = first
		}
	}
	if err != nil {
		return reasonOf(err).String()
	}
	arn, ok := inventory.ParseARN(sdk.ToString(out.Arn))
	if !ok || arn.Account == "" {
		return reason{failed, errAnswer.Error(), checkEndpoint}.String()
	}
	a.scope = resource.Scope{Partition: arn.Partition, Account: arn.Account}
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.places) // They did not know the account.
	return ""
}

func (a *account) ask(ctx context.Context) (*sts.GetCallerIdentityOutput, error) {
	c := identityCall()
	out, err := c.send(ctx, a.placeIn(a.home).config(c.service), &sts.GetCallerIdentityInput{})
	a.run.count(c.action())
	return out, err
}

// regions lists the Regions to read. One that is not there, or not enabled, becomes a source that failed. Where AWS does
// not say which there are, what the user named is taken as it is.
func (a *account) regions(ctx context.Context) []string {
	wanted := slices.Clone(a.run.o.Regions)
	if len(wanted) == 0 && a.base.Region != "" {
		wanted = []string{a.base.Region}
	}
	if len(wanted) == 0 {
		a.fail("", "no Region is set; name one with --region, or all of them with --region all")
		return nil
	}
	c := regionsCall()
	out, err := c.send(ctx, a.placeIn(a.home).config(c.service), &ec2.DescribeRegionsInput{AllRegions: sdk.Bool(true)})
	a.run.count(c.action())
	var chosen []string
	for _, region := range wanted {
		switch {
		case region == AllRegions && err != nil:
			a.fail("", c.action()+": "+reasonOf(err).text+"; name the Regions to read with --region")
		case region == AllRegions:
			chosen = append(chosen, enabled(out)...)
		case err != nil:
			chosen = append(chosen, region)
		default:
			if why := whyNot(out, region); why != "" {
				a.fail(region, why)
				continue
			}
			chosen = append(chosen, region)
		}
	}
	var once []string
	for _, region := range chosen {
		if !slices.Contains(once, region) {
			once = append(once, region)
		}
	}
	return once
}

func (a *account) fail(region, why string) {
	scope := a.scope
	scope.Region = region
	a.failed = append(a.failed, failedSource(siteName(scope), why))
}

// notOptedIn is what AWS says of a Region that must be enabled and is not
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Region.html).
const notOptedIn = "not-opted-in"

// enabled lists the Regions that the account has, sorted.
func enabled(out *ec2.DescribeRegionsOutput) []string {
	var all []string
	for _, r := range out.Regions {
		if sdk.ToString(r.OptInStatus) != notOptedIn {
			all = append(all, sdk.ToString(r.RegionName))
		}
	}
	slices.Sort(all)
	return all
}

// whyNot says why a Region cannot be read; "" where it can.
func whyNot(out *ec2.DescribeRegionsOutput, region string) string {
	var names []string
	for _, r := range out.Regions {
		if sdk.ToString(r.RegionName) != region {
			names = append(names, sdk.ToString(r.RegionName))
			continue
		}
		if sdk.ToString(r.OptInStatus) == notOptedIn {
			return "the Region is not enabled for this account"
		}
		return ""
	}
	if near := lang.Nearest(region, names); near != "" {
		return "the account has no such Region; did you mean " + near + "?"
	}
	return "the account has no such Region; aws ec2 describe-regions lists those that it has"
}
