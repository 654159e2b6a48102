package rule

import (
	"iter"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
)

// Webhook is one webhook of a configuration as a candidate, with all of them.
type Webhook struct {
	Resource *inventory.Resource
	Config   *k8s.WebhookSpec
	*k8s.Webhook
}

// Webhooks gives the webhooks of a ValidatingWebhookConfiguration or MutatingWebhookConfiguration.
func Webhooks(_ *World, r *inventory.Resource) iter.Seq[Webhook] {
	return func(yield func(Webhook) bool) {
		config, ok := r.Spec.(*k8s.WebhookSpec)
		if !ok {
			return
		}
		for i := range config.Webhooks {
			if !yield(Webhook{r, config, &config.Webhooks[i]}) {
				return
			}
		}
	}
}

// Evidence names a field of the webhook ("failurePolicy").
func (h Webhook) Evidence(field string, value any) finding.Evidence {
	return finding.Evidence{Resource: h.Resource.UID, Path: h.Path + "." + field, Value: value}
}
