// Command delay joins two network interfaces like a long cable: every frame
// that arrives at one leaves the other after the given time, in order.
//
//	delay -for 50ms FIRST SECOND
//
// It stands in for tc's netem, which small kernels often lack. Both interfaces
// must have their offloads off at the far end, or frames larger than the MTU
// and without checksums would arrive here.
//
//	delay -offloads on|off INTERFACE
//
// switches those, as ethtool -K would.
package main

import (
	"encoding/binary"
	"errors"
	"flag"
	"log"
	"net"
	"os"
	"syscall"
	"time"
	"unsafe"
)

// maxWaiting bounds the memory of each direction: what comes while so many
// frames are under way is lost, as on a full line.
const maxWaiting = 16384

type frame struct {
	due  time.Time
	data []byte
}

func main() {
	log.SetFlags(log.Ltime)
	log.SetPrefix("delay: ")
	wait := flag.Duration("for", 0, "how long each frame is held back, per direction")
	offloads := flag.String("offloads", "", "on or off: only switch the offloads of one interface")
	flag.Parse()
	if (*offloads == "on" || *offloads == "off") && flag.NArg() == 1 {
		if err := setOffloads(flag.Arg(0), *offloads == "on"); err != nil {
			log.Fatal(err)
		}
		return
	}
	if *offloads != "" || flag.NArg() != 2 {
		flag.Usage()
		os.Exit(2)
	}
	first, err := open(flag.Arg(0))
	if err != nil {
		log.Fatal(err)
	}
	second, err := open(flag.Arg(1))
	if err != nil {
		log.Fatal(err)
	}
	go carry(first, second, *wait)
	carry(second, first, *wait)
}

// open gives a raw socket bound to one interface.
func open(name string) (int, error) {
	i, err := net.InterfaceByName(name)
	if err != nil {
		return 0, err
	}
	all := htons(syscall.ETH_P_ALL)
	fd, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC, int(all))
	if err != nil {
		return 0, err
	}
	// A larger buffer, so that a burst isn't lost while this program sleeps.
	_ = syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_RCVBUFFORCE, 8<<20)
	return fd, syscall.Bind(fd, &syscall.SockaddrLinklayer{Protocol: all, Ifindex: i.Index})
}

// carry moves frames from one socket to the other until an interface is gone.
func carry(from, to int, wait time.Duration) {
	waiting := make(chan frame, maxWaiting)
	go func() {
		for f := range waiting {
			time.Sleep(time.Until(f.due))
			_, _ = syscall.Write(to, f.data) // one that can't be sent is lost
		}
	}()
	buffer := make([]byte, 1<<16)
	for {
		n, sender, err := syscall.Recvfrom(from, buffer, 0)
		switch {
		case errors.Is(err, syscall.EINTR), errors.Is(err, syscall.ENETDOWN):
			// Down isn't gone: the link may have been cut on purpose.
			continue
		case err != nil:
			log.Fatal(err)
		}
		// A packet socket also shows what leaves through its interface.
		if s, ok := sender.(*syscall.SockaddrLinklayer); ok && s.Pkttype == syscall.PACKET_OUTGOING {
			continue
		}
		select {
		case waiting <- frame{time.Now().Add(wait), append([]byte(nil), buffer[:n]...)}:
		default:
		}
	}
}

func htons(v uint16) uint16 {
	return binary.NativeEndian.Uint16(binary.BigEndian.AppendUint16(nil, v))
}

// setOffloads is the ioctl form of "ethtool -K NAME tx off sg off tso off gso off gro off".
func setOffloads(name string, on bool) error {
	const (
		siocEthtool = 0x8946
		setTxCsum   = 0x17
		setSG       = 0x19
		setTSO      = 0x1f
		setGSO      = 0x24
		setGRO      = 0x2c
	)
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	var data uint32
	if on {
		data = 1
	}
	// In this order, because each rests on the ones before it.
	for _, command := range []uint32{setTxCsum, setSG, setTSO, setGSO, setGRO} {
		value := struct{ command, data uint32 }{command, data}
		request := struct {
			name [syscall.IFNAMSIZ]byte
			data unsafe.Pointer
			_    [16]byte // struct ifreq is longer than this member of its union
		}{data: unsafe.Pointer(&value)}
		copy(request.name[:syscall.IFNAMSIZ-1], name)
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), siocEthtool, uintptr(unsafe.Pointer(&request))); errno != 0 {
			return errno
		}
	}
	return nil
}
