package aws

import (
	"slices"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"

	"github.com/merlonsec/merlon/internal/inventory"
	resource "github.com/merlonsec/merlon/internal/inventory/aws"
)

func ofECR[In, Out any](send request[In, Out]) *call[In, Out] {
	return of("ecr", send).camel()
}

// exampleDigest is that of no image.
const exampleDigest = "sha256:0000000000000000000000000000000000000000000000000000000000000000"

// imageSteps read Amazon ECR: all repositories, and of the images those that run. An account may hold 10,000 images for
// each repository, of which a few run.
func imageSteps() []step {
	return []step{
		repositoryStep(), repositoryPolicyStep(), coverageStep(), imageStep(), scanStep(),
	}
}

func repositoryStep() step {
	describe := ofECR(describeRepositories)
	return step{
		name: "ecr-repositories", calls: []operation{describe}, gives: []inventory.Type{resource.ECRRepository},
		run: func(j *job) {
			in := &ecr.DescribeRepositoriesInput{MaxResults: sdk.Int32(page1000)}
			pages(j, describe, in, "", func(_ int, out *ecr.DescribeRepositoriesOutput) {
				store(j, describe, out)
				for i := range out.Repositories {
					addText(&j.found.repositories, out.Repositories[i].RepositoryName)
				}
			})
		},
	}
}

// place gives the clients of the Region of a repository.
func (r repository) place(j *job) *place { return j.placeIn(r.region) }

func (r repository) path() string { return r.registry + "/" + r.name + " in " + r.region }

func imageStep() step {
	describe := ofECR(describeImages).asks(func(resource.Scope) *ecr.DescribeImagesInput {
		return &ecr.DescribeImagesInput{RepositoryName: sdk.String(nobody)}
	})
	return step{
		name: "ecr-images", after: []string{"ecs-tasks", "ecs-task-definitions"}, then: []string{"inspector-coverage"},
		calls: []operation{describe}, gives: []inventory.Type{resource.ECRImage},
		run: func(j *job) {
			byRepository := map[repository][]image{}
			for _, i := range slices.Concat(j.found.images.list(image.compare), j.found.inUse.list(image.compare)) {
				byRepository[i.repository] = append(byRepository[i.repository], i)
			}
			var batches [][]image
			for _, all := range byRepository {
				batches = slices.AppendSeq(batches, slices.Chunk(all, page100))
			}
			each(j, batches, func(batch []image) { readImages(j, describe, batch) })
		},
	}
}

// readImages asks about images of one repository. One of them that is no longer there makes the whole request fail,
// so that it is halved until the one is alone.
func readImages(j *job, c *call[ecr.DescribeImagesInput, ecr.DescribeImagesOutput], batch []image) {
	in := &ecr.DescribeImagesInput{RegistryId: &batch[0].registry, RepositoryName: &batch[0].name}
	for _, i := range batch {
		id := types.ImageIdentifier{}
		if i.digest != "" {
			id.ImageDigest = sdk.String(i.digest)
		} else {
			id.ImageTag = sdk.String(i.tag)
		}
		in.ImageIds = append(in.ImageIds, id)
	}
	at := batch[0].place(j)
	for {
		out, err := send(j, at, c, in)
		switch {
		case err != nil && len(batch) > 1 && reasonOf(err).kind == gone:
			half := len(batch) / 2
			readImages(j, c, batch[:half])
			readImages(j, c, batch[half:])
			return
		case err != nil:
			j.fail(c, "image "+batch[0].digest+batch[0].tag+" of repository "+batch[0].path(), err)
			return
		}
		storeWith(j, at, c, out, nil)
		for n := range out.ImageDetails {
			if d := &out.ImageDetails[n]; d.ImageDigest != nil {
				j.found.digests.add(image{repository: batch[0].repository, digest: *d.ImageDigest})
			}
		}
		if sdk.ToString(out.NextToken) == "" {
			return
		}
		in.NextToken = out.NextToken
	}
}

// repositoryPolicyStep reads the policy of every repository: nobody but Kubernetes knows which of them its pods use.
func repositoryPolicyStep() step {
	get := ofECR(getRepositoryPolicy).whole().unless("RepositoryPolicyNotFoundException").asks(func(resource.Scope) *ecr.GetRepositoryPolicyInput {
		return &ecr.GetRepositoryPolicyInput{RepositoryName: sdk.String(nobody)}
	})
	return step{
		name: "ecr-repository-policies", after: []string{"ecr-repositories"}, calls: []operation{get}, gives: []inventory.Type{resource.ECRRepositoryPolicy},
		run: func(j *job) {
			each(j, texts(&j.found.repositories), func(name string) {
				if out := ask(j, get, &ecr.GetRepositoryPolicyInput{RepositoryName: &name}, "repository "+name); out != nil {
					store(j, get, out)
				}
			})
		},
	}
}

// scanStep reads what scans by Amazon ECR, or by Amazon Inspector for it, found in the images that run. One that was
// never scanned has no answer.
func scanStep() step {
	findings := ofECR(describeImageScanFindings).whole().unless("ScanNotFoundException").asks(
		func(resource.Scope) *ecr.DescribeImageScanFindingsInput {
			return &ecr.DescribeImageScanFindingsInput{
				RepositoryName: sdk.String(nobody), ImageId: &types.ImageIdentifier{ImageDigest: sdk.String(exampleDigest)},
			}
		})
	return step{
		name: "ecr-scan-findings", after: []string{"ecr-images"}, calls: []operation{findings}, gives: []inventory.Type{resource.ECRScanFindings},
		run: func(j *job) {
			each(j, j.found.digests.list(image.compare), func(i image) {
				in := &ecr.DescribeImageScanFindingsInput{
					RegistryId: &i.registry, RepositoryName: &i.name, MaxResults: sdk.Int32(page1000),
					ImageId: &types.ImageIdentifier{ImageDigest: &i.digest},
				}
				at := i.place(j)
				if out := gather(j, at, findings, in, "image "+i.digest+" of repository "+i.path()); out != nil {
					storeWith(j, at, findings, out, nil)
				}
			})
		},
	}
}
