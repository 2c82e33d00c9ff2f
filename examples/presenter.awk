# Draws the demo's presenter as ASS events, so that ffmpeg's `ass` filter can act her.
#
# Reads what `ametadata=print` says of the voice (a `pts_time` line and an RMS level line for each stretch of sound)
# and writes a script of vector drawings, 1080x1920, -v duration=SECONDS long. The head sways by sums of slow sines,
# the mouth follows the level of the voice, the eyes blink. The same voice gives the same film. With -v guest=1 it is
# somebody else: short hair, a beard, glasses, a pullover.

/pts_time:/ { split($0, part, "pts_time:"); now = part[2] + 0 }
/RMS_level=/ { split($0, part, "="); level[heard] = part[2] ~ /inf/ ? -90 : part[2] + 0; at[heard++] = now }

function sway(t) { return 1.5 * sin(t * 1.18) + 0.8 * sin(t * 2.17 + 1) }
function slide(t) { return 7 * sin(t * 1.03 + 2) }
function nod(t) { return 4 * sin(t * 1.7) + 2.5 * sin(t * 3.1) }
function breath(t) { return 3 * sin(t * 1.5) }

function clock(t, hundredths) {
    hundredths = int(t * 100 + 0.5)
    return sprintf("%d:%02d:%02d.%02d", hundredths / 360000, hundredths / 6000 % 60, hundredths / 100 % 60, hundredths % 100)
}

function event(layer, from, to, tags, path) {
    printf "Dialogue: %d,%s,%s,S,,0,0,0,,{\\an7%s\\p1}%s\n", layer, clock(from), clock(to), tags, path
}

function paint(colour, alpha, blur) {
    return sprintf("\\1c&H%s%s%s&\\1a&H%02X&", substr(colour, 5, 2), substr(colour, 3, 2), substr(colour, 1, 2), alpha) \
        (blur ? "\\blur" blur : "")
}

function head_once(layer, from, to, look, path) {
    event(layer, from, to, sprintf("\\org(540,1130)\\move(%.1f,%.1f,%.1f,%.1f)\\frz%.2f\\t(\\frz%.2f)%s", \
        slide(from), nod(from), slide(to), nod(to), sway(from), sway(to), look), path)
}

# A long stretch is cut into short ones, each of which may be taken for straight.
function head(layer, from, to, look, path, t, next_t) {
    for (t = from; t < to - 0.005; t = next_t) {
        next_t = t + 0.25 < to ? t + 0.25 : to
        head_once(layer, t, next_t, look, path)
    }
}

function body(layer, look, path, t) {
    for (t = 0; t < duration; t += 0.5)
        event(layer, t, t + 0.5, sprintf("\\move(%.1f,%.1f,%.1f,%.1f)%s", slide(t) / 3, breath(t), slide(t + 0.5) / 3, \
            breath(t + 0.5), look), path)
}

function still(layer, look, path) { event(layer, 0, duration, "\\pos(0,0)" look, path) }

function oval(x, y, rx, ry, kx, ky) {
    kx = rx * 0.5523; ky = ry * 0.5523
    return sprintf("m %d %d b %d %d %d %d %d %d b %d %d %d %d %d %d b %d %d %d %d %d %d b %d %d %d %d %d %d ", \
        x - rx, y, x - rx, y - ky, x - kx, y - ry, x, y - ry, x + kx, y - ry, x + rx, y - ky, x + rx, y, \
        x + rx, y + ky, x + kx, y + ry, x, y + ry, x - kx, y + ry, x - rx, y + ky, x - rx, y)
}

function eyes_open(from, to, gaze) {
    gaze = int(5 * sin(from * 2.3))
    head(7, from, to, paint("fdfaf6"), oval(452, 822, 43, 29) oval(628, 822, 43, 29))
    head(8, from, to, paint("3f6f6a"), oval(454 + gaze, 823, 24, 25) oval(626 + gaze, 823, 24, 25))
    head(8, from, to, paint("1c2226"), oval(454 + gaze, 823, 12, 13) oval(626 + gaze, 823, 12, 13))
    head(8, from, to, paint("ffffff"), oval(463 + gaze, 814, 7, 7) oval(635 + gaze, 814, 7, 7))
    head(9, from, to, paint("2b1a1d"), "m 402 812 b 420 782 480 780 498 818 b 478 794 424 796 408 822 l 396 806 " \
        "m 678 812 b 660 782 600 780 582 818 b 602 794 656 796 672 822 l 684 806")
}

function eyes_shut(from, to) {
    head_once(9, from, to, paint("2b1a1d"), "m 406 826 b 424 846 480 846 498 826 b 480 838 424 838 406 826 l 398 834 " \
        "m 674 826 b 656 846 600 846 582 826 b 600 838 656 838 674 826 l 682 834")
}

# 0 is a closed smile, 3 the widest.
function mouth(from, to, open, y) {
    lips = guest ? "a4584c" : "b4484f"
    if (open == 0) {
        head(7, from, to, paint(lips), "m 476 958 b 510 974 528 966 540 970 b 552 966 570 974 604 958 " \
            "b 584 1002 496 1002 476 958")
        head(8, from, to, paint("8a2f38"), "m 476 958 b 512 980 568 980 604 958 b 568 986 512 986 476 958")
        return
    }
    y = 968 + 20 * open
    head(7, from, to, paint(lips), sprintf("m %d 966 b 510 944 530 954 540 958 b 550 954 570 944 %d 966 " \
        "b 590 %d 490 %d %d 966", 474 + 7 * open, 606 - 7 * open, y + 28, y + 28, 474 + 7 * open))
    head(8, from, to, paint("571c26"), sprintf("m %d 967 b 520 958 560 958 %d 967 b 580 %d 500 %d %d 967", \
        488 + 6 * open, 592 - 6 * open, y + 12, y + 12, 488 + 6 * open))
    head(9, from, to, paint("fbf6f0"), sprintf("m %d 966 b 525 960 555 960 %d 966 b 562 %d 518 %d %d 966", \
        500 + 5 * open, 580 - 5 * open, 972 + 3 * open, 972 + 3 * open, 500 + 5 * open))
    if (open > 1)
        head(9, from, to, paint("c9606a"), oval(540, y - 2, 20, 5 + 2 * open))
}

function act_eyes(t, blink, number) {
    for (t = 0; t < duration; number++) {
        blink = t + 1.9 + 1.3 * (1 + sin(number * 2.7))
        if (blink > duration) blink = duration
        eyes_open(t, blink)
        t = blink + 0.13
        if (blink < duration) eyes_shut(blink, t)
    }
}

function opening(decibels) { return decibels < -38 ? 0 : decibels < -25 ? 1 : decibels < -18.5 ? 2 : 3 }

function act_mouth(i, from, shape, next_shape) {
    for (i = 0; i < heard; i++) {
        next_shape = opening(level[i])
        if (i && next_shape == shape) continue
        if (i) mouth(from, at[i], shape)
        from = i ? at[i] : 0
        shape = next_shape
    }
    mouth(from, duration, shape)
}

function suit() {
    body(3, paint(blouse), "m 400 1206 l 540 1400 l 680 1206 l 736 1266 l 640 1920 l 440 1920 l 344 1266")
    body(4, paint(jacket), "m 60 1920 b 70 1560 120 1330 300 1254 b 340 1236 364 1216 378 1184 l 530 1920 " \
        "m 1020 1920 b 1010 1560 960 1330 780 1254 b 740 1236 716 1216 702 1184 l 550 1920")
    body(5, paint(lapel), "m 378 1184 b 364 1216 348 1234 332 1242 l 322 1400 l 388 1432 l 352 1480 l 526 1900 " \
        "m 702 1184 b 716 1216 732 1234 748 1242 l 758 1400 l 692 1432 l 728 1480 l 554 1900")
}

function pullover() {
    body(4, paint(jacket), "m 40 1920 b 54 1560 110 1330 300 1254 b 340 1238 364 1218 378 1184 b 470 1268 610 1268 702 1184 " \
        "b 716 1218 740 1238 780 1254 b 970 1330 1026 1560 1040 1920")
    body(5, paint(lapel), "m 378 1184 b 470 1268 610 1268 702 1184 l 716 1218 b 620 1312 460 1312 364 1218")
    body(5, paint(blouse), "m 410 1164 b 480 1240 600 1240 670 1164 l 694 1182 b 604 1270 476 1270 386 1182")
}

function brows() {
    return guest ? "m 394 766 b 424 736 474 738 506 760 l 504 774 b 470 756 428 756 396 780 " \
        "m 686 766 b 656 736 606 738 574 760 l 576 774 b 610 756 652 756 684 780" : \
        "m 398 762 b 424 738 470 738 502 758 b 470 750 428 752 398 762 m 682 762 b 656 738 610 738 578 758 b 610 750 652 752 682 762"
}

function long_hair() {
    head(10, 0, duration, paint(hair), "m 316 900 b 290 620 380 520 560 524 b 720 524 790 640 764 900 " \
        "b 756 800 724 720 632 640 b 580 700 440 730 380 726 b 344 770 330 830 316 900")
    head(11, 0, duration, paint("7a4c5c", 120, 9), "m 400 610 b 460 552 560 540 640 574 b 560 560 470 576 400 610")
}

function short_hair() {
    head(10, 0, duration, paint(hair), "m 330 830 b 300 600 380 500 520 498 b 560 470 720 490 752 620 " \
        "b 770 680 762 770 750 830 b 744 770 736 720 704 680 b 620 690 520 670 450 640 b 400 670 360 720 330 830")
    head(11, 0, duration, paint("5b4336", 120, 9), "m 420 580 b 480 530 580 524 660 560 b 580 544 490 556 420 580")
}

function glasses(rim) {
    rim = "\\1a&HFF&\\3c&H2a2422&\\bord7"
    head(12, 0, duration, rim, "m 376 790 b 376 768 390 760 412 760 l 492 760 b 514 760 522 772 520 794 l 516 840 " \
        "b 512 872 494 884 450 884 b 404 884 388 872 382 840 l 376 790")
    head(12, 0, duration, rim, "m 704 790 b 704 768 690 760 668 760 l 588 760 b 566 760 558 772 560 794 l 564 840 " \
        "b 568 872 586 884 630 884 b 676 884 692 872 698 840 l 704 790")
    head(12, 0, duration, paint("2a2422"), "m 518 786 b 530 776 550 776 562 786 l 562 796 b 550 788 530 788 518 796")
}

END {
    print "[Script Info]\nScriptType: v4.00+\nPlayResX: 1080\nPlayResY: 1920\nScaledBorderAndShadow: yes\n"
    print "[V4+ Styles]\nFormat: Name, Fontname, Fontsize, PrimaryColour, BackColour, BorderStyle, Outline, Shadow"
    print "Style: S,Sans,20,&H00FFFFFF,&H00000000,1,0,0\n"
    print "[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text"

    # The set: a round lamp behind whoever speaks.
    still(0, paint(guest ? "cfe9e4" : "ffe9c9", 150, 30), oval(540, 800, 440, 440))
    still(0, paint(guest ? "e6f5f1" : "fff3de", 120, 12), oval(540, 800, 372, 372))

    if (guest) {
        hair = "2a1d18"; skin = "d39a72"; shade = "b07a55"; jacket = "8a3f2c"; lapel = "732f1f"; blouse = "f0e7da"
    } else {
        hair = "34202b"; skin = "f2c6a4"; shade = "d99f7c"; jacket = "1f3557"; lapel = "172943"; blouse = "f6efe6"
        head(1, 0, duration, paint(hair), "m 292 800 b 260 440 820 440 788 800 b 792 940 822 1030 776 1100 " \
            "b 716 1150 640 1090 540 1090 b 440 1090 364 1150 304 1100 b 258 1030 288 940 292 800")
    }

    body(2, paint(shade), "m 462 960 l 618 960 b 616 1110 624 1160 700 1196 l 600 1330 l 480 1330 l 380 1196 " \
        "b 456 1160 464 1110 462 960")
    body(2, paint(skin), "m 462 1090 b 500 1120 580 1120 618 1090 b 620 1150 640 1172 700 1196 l 560 1420 l 520 1420 " \
        "l 380 1196 b 440 1172 460 1150 462 1090")
    if (guest) pullover(); else suit()
    body(6, paint("11151c"), "m 470 1486 l 492 1480 l 504 1528 l 482 1534 " oval(479, 1480, 13, 17))
    body(5, paint(lapel, 90, 10), "m 196 1560 b 214 1680 220 1800 214 1920 l 232 1920 b 240 1800 230 1670 196 1560 " \
        "m 884 1560 b 866 1680 860 1800 866 1920 l 848 1920 b 840 1800 850 1670 884 1560")

    head(5, 0, duration, paint(skin), "m 344 770 b 344 560 736 560 736 770 b 740 900 690 1076 540 1084 " \
        "b 390 1076 340 900 344 770")
    if (guest) {
        head(5, 0, duration, paint(skin), oval(342, 840, 30, 52) oval(738, 840, 30, 52))
        # The beard leaves the mouth free.
        head(6, 0, duration, paint(hair, 30, 3), "m 348 860 b 372 900 400 932 440 930 b 480 908 520 906 540 912 " \
            "b 560 906 600 908 640 930 b 680 932 708 900 732 860 b 730 980 690 1092 540 1100 b 390 1092 350 980 348 860")
    } else {
        head(6, 0, duration, paint("ee8d7d", 150, 22), oval(424, 912, 50, 32) oval(656, 912, 50, 32))
    }
    head(6, 0, duration, paint(shade, 40, 4), "m 516 884 b 524 904 556 904 564 884 b 562 910 518 910 516 884")
    head(6, 0, duration, paint(shade, 110, 6), "m 552 800 b 556 850 568 870 566 886 b 574 870 566 840 558 800")
    head(9, 0, duration, paint(hair), brows())
    if (guest) short_hair(); else long_hair()
    act_eyes()
    act_mouth()
    if (guest) glasses()
}
