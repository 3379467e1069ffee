#!/usr/bin/env python3
"""Writes the table of shared libraries and the Debian packages that have them, from the archive's Contents files.

    library_packages.py bullseye=FILE bookworm=FILE trixie=FILE jammy=FILE noble=FILE

The files are dists/RELEASE/main/Contents-amd64.gz of a Debian mirror and dists/RELEASE/Contents-amd64.gz of an Ubuntu mirror. The
libraries are those that Python packages need and slim images lack. The table is Sources/EnvironmentVerification/Loading/SystemLibraryTable.swift.
"""

import gzip
import pathlib
import sys

LIBRARIES = """
libGL.so.1 libEGL.so.1 libGLX.so.0 libOpenGL.so.0 libGLESv2.so.2 libgbm.so.1 libdrm.so.2 libvulkan.so.1 libgomp.so.1
libgthread-2.0.so.0 libglib-2.0.so.0 libgobject-2.0.so.0 libgio-2.0.so.0 libgmodule-2.0.so.0 libSM.so.6 libICE.so.6
libX11.so.6 libX11-xcb.so.1 libXext.so.6 libXrender.so.1 libXfixes.so.3 libXi.so.6 libXrandr.so.2 libXcursor.so.1
libXinerama.so.1 libXdamage.so.1 libXcomposite.so.1 libXtst.so.6 libXss.so.1 libXau.so.6 libXdmcp.so.6 libXt.so.6
libXmu.so.6 libXpm.so.4 libXft.so.2 libxcb.so.1 libxcb-shm.so.0 libxcb-render.so.0 libxcb-icccm.so.4 libxcb-image.so.0
libxcb-keysyms.so.1 libxcb-randr.so.0 libxcb-render-util.so.0 libxcb-shape.so.0 libxcb-sync.so.1 libxcb-util.so.1
libxcb-xfixes.so.0 libxcb-xinerama.so.0 libxcb-xkb.so.1 libxcb-cursor.so.0 libxcb-glx.so.0 libxkbcommon.so.0
libxkbcommon-x11.so.0 libdbus-1.so.3 libfontconfig.so.1 libfreetype.so.6 libharfbuzz.so.0 libpango-1.0.so.0
libpangoft2-1.0.so.0 libpangocairo-1.0.so.0 libcairo.so.2 libgdk_pixbuf-2.0.so.0 libgtk-3.so.0 libgdk-3.so.0
libatk-1.0.so.0 libatk-bridge-2.0.so.0 libatspi.so.0 libnss3.so libnspr4.so libnssutil3.so libsmime3.so libcups.so.2
libasound.so.2 libpulse.so.0 libportaudio.so.2 libsndfile.so.1 libsox.so.3 libFLAC.so.12 libmp3lame.so.0 libopus.so.0
libavcodec.so.59 libavformat.so.59 libavutil.so.57 libswscale.so.6 libswresample.so.4 libavcodec.so.61
libavformat.so.61 libavutil.so.59 libtbb.so.12 libtbb.so.2 libtbbmalloc.so.2 libopenblas.so.0 libblas.so.3
liblapack.so.3 libgfortran.so.5 libquadmath.so.0 libstdc++.so.6 libgcc_s.so.1 libatomic.so.1 libnuma.so.1
libhwloc.so.15 libmpi.so.40 libopenmpi.so.40 libgmp.so.10 libmpfr.so.6 libmpc.so.3 libfftw3.so.3 libfftw3f.so.3
libhdf5_serial.so.103 libhdf5_serial.so.310 libnetcdf.so.19 libgdal.so.32 libgdal.so.36 libproj.so.25 libgeos_c.so.1
libspatialindex_c.so.6 libsqlite3.so.0 libpq.so.5 libmariadb.so.3 libodbc.so.2 libodbcinst.so.2 libssl.so.3
libcrypto.so.3 libssl.so.1.1 libcrypto.so.1.1 libffi.so.7 libffi.so.8 libexpat.so.1 libz.so.1 libbz2.so.1.0
liblzma.so.5 libzstd.so.1 liblz4.so.1 libsnappy.so.1 libxml2.so.2 libxslt.so.1 libyaml-0.so.2 libcurl.so.4
libuuid.so.1 libmagic.so.1 libzbar.so.0 libzmq.so.5 libsodium.so.23 libjpeg.so.62 libpng16.so.16 libtiff.so.6
libtiff.so.5 libwebp.so.7 libwebp.so.6 libwebpdemux.so.2 libwebpmux.so.3 libopenjp2.so.7 liblcms2.so.2 libraqm.so.0
libimagequant.so.0 libheif.so.1 libvips.so.42 libMagickWand-6.Q16.so.6 libtk8.6.so libtcl8.6.so libreadline.so.8
libncursesw.so.6 libtinfo.so.6 libgdbm.so.6 libdb-5.3.so libnsl.so.2 libtirpc.so.3 libkrb5.so.3 libgssapi_krb5.so.2
libsasl2.so.2 libldap-2.5.so.0 libldap-2.4.so.2 librdkafka.so.1 libsnmp.so.40 libusb-1.0.so.0 libudev.so.1
libseccomp.so.2 libcap.so.2 libssh2.so.1 libarchive.so.13 libprotobuf.so.32 libleveldb.so.1d liblmdb.so.0
libgraphviz.so.6 libcgraph.so.6 libgvc.so.6 libespeak-ng.so.1 libtesseract.so.5 liblept.so.5 libpoppler.so.126
libre2.so.9 libibverbs.so.1 librdmacm.so.1 libdc1394.so.25 libopencv_core.so.406 libenchant-2.so.2
libpython3.9.so.1.0 libpython3.11.so.1.0 libpython3.13.so.1.0
libGLU.so.1 libGLdispatch.so.0 libglut.so.3 libglut.so.3.12 libGLEW.so.2.1 libGLEW.so.2.2 libglfw.so.3 libOSMesa.so.8 libGLESv1_CM.so.1
libXxf86vm.so.1 libXpresent.so.1 libXv.so.1 libXvMC.so.1 libXaw.so.7 libXcomposite.so.1 libxshmfence.so.1 libxkbfile.so.1
libwayland-client.so.0 libwayland-cursor.so.0 libwayland-egl.so.1 libwayland-server.so.0 libdecor-0.so.0 libinput.so.10
libmtdev.so.1 libevdev.so.2 libxcb-dri2.so.0 libxcb-dri3.so.0 libxcb-present.so.0 libxcb-xinput.so.0 libxcb-xv.so.0
libxcb-res.so.0 libxcb-ewmh.so.2 libstartup-notification-1.so.0 libbrotlidec.so.1 libbrotlienc.so.1 libbrotlicommon.so.1
libcrypt.so.1 libcom_err.so.2 libk5crypto.so.3 libkrb5support.so.0 libkeyutils.so.1 libgnutls.so.30 libnettle.so.8
libhogweed.so.6 libtasn1.so.6 libp11-kit.so.0 libgcrypt.so.20 libgpg-error.so.0 libgpgme.so.11 libidn2.so.0
libunistring.so.2 libunistring.so.5 libpsl.so.5 libnghttp2.so.14 libssh.so.4 librtmp.so.1 libldap.so.2 liblber-2.5.so.0
liblber.so.2 libbsd.so.0 libmd.so.0 libpcre.so.3 libpcre2-8.so.0 libpcre2-16.so.0 libdouble-conversion.so.3
libicuuc.so.67 libicuuc.so.70 libicuuc.so.72 libicuuc.so.74 libicuuc.so.76 libicui18n.so.67 libicui18n.so.70
libicui18n.so.72 libicui18n.so.74 libicui18n.so.76 libexslt.so.0 libxmlsec1.so.1 libxml2.so.16 libmount.so.1
libblkid.so.1 libselinux.so.1 libacl.so.1 libattr.so.1 libgraphite2.so.3 libfribidi.so.0 libthai.so.0 libdatrie.so.1
libpixman-1.so.0 libcairo-gobject.so.2 libharfbuzz-icu.so.0 libharfbuzz-subset.so.0 libpangoxft-1.0.so.0
librsvg-2.so.2 libgtk-x11-2.0.so.0 libgdk-x11-2.0.so.0 libgtk-4.so.1 libepoxy.so.0 libnotify.so.4 libsecret-1.so.0
libappindicator3.so.1 libwebkit2gtk-4.0.so.37 libwebkit2gtk-4.1.so.0 libjavascriptcoregtk-4.0.so.18
libjavascriptcoregtk-4.1.so.0 libsoup-2.4.so.1 libsoup-3.0.so.0 libproxy.so.1 libmanette-0.2.so.0 libhyphen.so.0
libgstreamer-1.0.so.0 libgstapp-1.0.so.0 libgstbase-1.0.so.0 libgstvideo-1.0.so.0 libgstaudio-1.0.so.0
libgstpbutils-1.0.so.0 libgsttag-1.0.so.0 libgstgl-1.0.so.0 libgstallocators-1.0.so.0 libspeechd.so.2 libpcsclite.so.1
libcups.so.2 libpulse-simple.so.0 libpulse-mainloop-glib.so.0 libjack.so.0 libogg.so.0 libvorbis.so.0 libvorbisenc.so.2
libvorbisfile.so.3 libFLAC.so.8 libFLAC.so.14 libmpg123.so.0 libtheora.so.0 libtheoradec.so.1 libspeex.so.1
libsamplerate.so.0 libsoxr.so.0 libfluidsynth.so.3 libmodplug.so.1 libSDL2-2.0.so.0 libSDL2_image-2.0.so.0
libSDL2_mixer-2.0.so.0 libSDL2_ttf-2.0.so.0 libSDL-1.2.so.0 libopenal.so.1 libva.so.2 libva-drm.so.2 libva-x11.so.2
libvdpau.so.1 libvpx.so.6 libvpx.so.7 libvpx.so.9 libdav1d.so.4 libdav1d.so.6 libdav1d.so.7 libaom.so.0 libaom.so.3
libx264.so.160 libx264.so.164 libx265.so.192 libx265.so.199 libswscale.so.5 libswscale.so.7 libswscale.so.8
libavutil.so.56 libavutil.so.58 libswresample.so.3 libswresample.so.5 libpostproc.so.55 libde265.so.0 libraw1394.so.11
libraw.so.20 libraw.so.23 libavif.so.15 libavif.so.16 libjxl.so.0.7 libjxl.so.0.11 libgif.so.7 libjbig.so.0 libdeflate.so.0
libexif.so.12 libImath-3_1.so.29 libOpenEXR-3_1.so.30 libusb-0.1.so.4 libhidapi-hidraw.so.0 libhidapi-libusb.so.0
libftdi1.so.2 libbluetooth.so.3 libpcap.so.0.8 libnl-3.so.200 libnl-route-3.so.200 libnl-genl-3.so.200 libucp.so.0
libucs.so.0 libuct.so.0 libpmix.so.2 libfabric.so.1 libpsm2.so.2 libmpich.so.12 libmpi_cxx.so.40 libmpi_mpifh.so.40
libOpenCL.so.1 libpocl.so.2 libze_loader.so.1 libelf.so.1 libdw.so.1 libunwind.so.8 libbfd-2.40-system.so libedit.so.2
libLLVM-14.so.1 libLLVM-15.so.1 libclang-14.so.1 libjemalloc.so.2 libtcmalloc.so.4 libtcmalloc_minimal.so.4
libsuitesparseconfig.so.5 libsuitesparseconfig.so.7 libcholmod.so.3 libcholmod.so.5 libumfpack.so.5 libumfpack.so.6 libamd.so.2
libamd.so.3 libmetis.so.5 libglpk.so.40 libgsl.so.25 libgsl.so.27 libgsl.so.28 libgslcblas.so.0 libcblas.so.3 libarpack.so.2
libnlopt.so.0 libqhull_r.so.8.0 libCGAL.so.14 libcdt.so.5 libgraphviz.so.4 libpathplan.so.4 libode.so.8 libassimp.so.5
libaec.so.0 libsz.so.2 libnetcdf.so.18 libhdf5.so.103 libgeos.so.3.9.0 libgeos.so.3.11.1 libgeos.so.3.13.1 libgeotiff.so.5
libspatialite.so.7 libgdal.so.28 libgdal.so.30 libgdal.so.34 libproj.so.19 libproj.so.22 libkmlbase.so.1 libopenjpip.so.7
libudunits2.so.0 libeccodes.so.0 libcfitsio.so.9 libcfitsio.so.10 libwcs.so.7 libwcs.so.8 liberfa.so.1 libglog.so.0 libglog.so.1
libgflags.so.2.2 libboost_system.so.1.74.0 libboost_filesystem.so.1.74.0 libboost_thread.so.1.74.0
libboost_program_options.so.1.74.0 libboost_serialization.so.1.74.0 libboost_iostreams.so.1.74.0
libboost_filesystem.so.1.83.0 libboost_thread.so.1.83.0 libboost_program_options.so.1.83.0 libfmt.so.7 libfmt.so.8
libfmt.so.9 libfmt.so.10 libspdlog.so.1 libspdlog.so.1.10 libjsoncpp.so.24 libjsoncpp.so.25 libjsoncpp.so.26
libtinyxml2.so.8 libtinyxml2.so.9 libyaml-cpp.so.0.6 libyaml-cpp.so.0.7 libyaml-cpp.so.0.8 libprotobuf.so.23
libprotobuf-lite.so.32 libgrpc.so.10 libgrpc++.so.1 libcares.so.2 libuv.so.1 libev.so.4 libevent-2.1.so.7 libhiredis.so.0.14
libmemcached.so.11 libmysqlclient.so.21 libsybdb.so.5 libtdsodbc.so libfbclient.so.2 libaio.so.1 libaio.so.1t64
librocksdb.so.6.11 librocksdb.so.7.8 libgdbm_compat.so.4 libdb-5.3.so liblzo2.so.2 libzip.so.4 libmspack.so.0 libbrotlidec.so.1
libQt5Core.so.5 libQt5Gui.so.5 libQt5Widgets.so.5 libQt5Network.so.5 libQt5DBus.so.5 libQt5Svg.so.5 libQt5XcbQpa.so.5
libQt6Core.so.6 libQt6Gui.so.6 libQt6Widgets.so.6 libQt6Network.so.6 libts.so.0 libb2.so.1 libhunspell-1.7.so.0
libtesseract.so.4 libleptonica.so.6 libpoppler.so.102 libpoppler.so.118 libpoppler.so.134 libpoppler.so.147 libpoppler-cpp.so.0
libpoppler-glib.so.8 libmupdf.so.25.1 libgs.so.9 libgs.so.10 libdmtx.so.0 libsndio.so.7 libMagickWand-7.Q16.so.10
libMagickCore-6.Q16.so.6 libfaiss.so libR.so libjulia.so.1 liblua5.3.so.0 liblua5.4.so.0 libruby-3.1.so.3.1 libperl.so.5.36
libtcl.so libsystemd.so.0 libapparmor.so.1 libaudit.so.1 libpam.so.0 libvirt.so.0 libguestfs.so.0 libfuse.so.2 libfuse3.so.3
libfuse3.so.4 libtinfo.so.5 libncurses.so.5 libncurses.so.6 libncursesw.so.5 libpanelw.so.6 libgpm.so.2 libxerces-c-3.2.so
libpython3.10.so.1.0 libpython3.12.so.1.0 libnsl.so.1 libarmadillo.so.9 libarmadillo.so.11 libarmadillo.so.14
libopencv_core.so.4.5 libopencv_core.so.4.5d libopencv_core.so.410 libtbb.so.12 libtbbbind_2_5.so.3 libportmidi.so.0
libavfilter.so.7 libavfilter.so.8 libavfilter.so.10 libavdevice.so.58 libavdevice.so.59 libavdevice.so.61 libavcodec.so.58
libavformat.so.58 libQt5Quick.so.5 libQt5Qml.so.5 libQt5Test.so.5 libQt5PrintSupport.so.5 libQt5OpenGL.so.5
librubberband.so.2 libaubio.so.5 libchromaprint.so.1 libspandsp.so.2 libsrtp2.so.1 libtag.so.1 libid3tag.so.0 libmad.so.0
libfaad.so.2 liba52-0.7.4.so libass.so.9 libbluray.so.2 libcdio.so.19 libmpv.so.1 libmpv.so.2 libvlc.so.5
""".split()

WIDTH = 108
DIRECTORIES = ("usr/lib/x86_64-linux-gnu/", "lib/x86_64-linux-gnu/", "usr/lib/")
OUTPUT = pathlib.Path(__file__).resolve().parent.parent / "Sources/EnvironmentVerification/Loading/SystemLibraryTable.swift"


def packages(contents):
    """The packages of each library in one release."""
    wanted = {directory + library: library for library in LIBRARIES for directory in DIRECTORIES}
    found = {}
    with gzip.open(contents, "rt", errors="replace") as lines:
        for line in lines:
            path, _, owners = line.rstrip().rpartition(" ")
            library = wanted.get(path.strip())
            if library:
                found.setdefault(library, set()).update(owner.split("/")[-1] for owner in owners.split(","))
    # As ContentsFile in SystemLibraryPackages.swift chooses: of several, one that is neither for building or debugging nor stands
    # in for another one; none where that leaves a choice.
    result = {}
    for library, owners in found.items():
        names = [o for o in owners if not o.endswith(("-dev", "-dbg", "-dbgsym", "-cross", "-udeb"))]
        plain = [o for o in names if not any(part in o for part in ("-gles", "-extra", "-wayland", "-shim", "elogind"))]
        for choice in (plain, names):
            if len(choice) == 1:
                result[library] = choice[0]
                break
    return result


def main():
    releases = dict(argument.split("=", 1) for argument in sys.argv[1:])
    tables = {release: packages(path) for release, path in releases.items()}
    rows = []
    for library in sorted(set(LIBRARIES)):
        names = [tables[release].get(library, "-") for release in releases]
        if any(name != "-" for name in names):
            short = [name if not index or name != names[index - 1] else "=" for index, name in enumerate(names)]
            rows.append(" ".join([library, *short]))
    lines = []
    for row in rows:
        if lines and len(lines[-1]) + len(row) < WIDTH:
            lines[-1] += "; " + row
        else:
            lines.append(row)
    text = [
        "/// The packages of Debian and Ubuntu that have shared libraries, by release.",
        "///",
        "/// Made by Packaging/library_packages.py from the archives' Contents files; change that script, not this file.",
        "enum SystemLibraryTable {",
        f"    /// The releases of the columns: {', '.join(releases)}.",
        f"    static let releases = [{', '.join(chr(34) + release + chr(34) for release in releases)}]",
        "",
        "    /// A library and its package in each release; `-` where the release has none, or more than one, and `=` for that of the",
        "    /// column before.",
        '    static let rows = """',
        *("        " + line for line in lines),
        '        """',
        "}",
    ]
    OUTPUT.write_text("\n".join(text) + "\n")
    print(len(rows), "libraries")


if __name__ == "__main__":
    main()
