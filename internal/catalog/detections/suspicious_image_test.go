package detections

import "testing"

func TestMinersAreWordsOfTheirOwn(t *testing.T) {
	for image, want := range map[string]bool{
		"xmrig": true, "docker.io/example/XMRig:6.21": true, "example.com:5000/a/my-xmr-stak": true, "a/t-rex-miner@sha256:00": true,
		"monero-miner": true, "monerod/monero.wallet": true, "tools/xmrigx-xmrig": true,
		"nginx": false, "xmrigx": false, "axmr": false, "example.com/miner": false, "shop/moneroooo": false, "web:xmrig": false, "": false,
	} {
		if got := isMinerImage(image); got != want {
			t.Errorf("%q: %t", image, got)
		}
	}
}
