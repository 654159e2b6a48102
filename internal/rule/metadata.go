package rule

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
)

// MetadataReach says whether a container in a network of its own, one hop away from its instance, gets credentials
// from the instance's metadata service, and the field that decides it. Version 1 of the service answers at any
// distance. A token of version 2 travels as many hops as the options say: 1 does not reach a container
// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html).
func MetadataReach(of *inventory.Resource, o aws.MetadataOptions) (Truth, finding.Evidence) {
	field := func(name string, value any) finding.Evidence {
		return finding.Evidence{Resource: of.UID, Path: o.Path + "." + name, Value: value}
	}
	switch {
	case o.Endpoint == "disabled":
		return Is(false), field("HttpEndpoint", o.Endpoint)
	case o.Tokens == "optional":
		return Is(true), field("HttpTokens", o.Tokens)
	case o.HopLimit > 1:
		return Is(true), field("HttpPutResponseHopLimit", int64(o.HopLimit))
	case o.Tokens == "" || o.HopLimit == 0:
		return Unknown(lang.Text{
			EN: "the metadata options of the instance were not read, or its image or account decides them",
			ES: "no se leyeron las opciones de metadatos de la instancia, o las decide su imagen o su cuenta",
			PT: "as opções de metadados da instância não foram lidas, ou quem as decide é a imagem ou a conta",
		}), finding.Evidence{}
	}
	return Is(false), field("HttpPutResponseHopLimit", int64(o.HopLimit))
}
