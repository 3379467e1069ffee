/// The packages of Debian and Ubuntu that have shared libraries, by release.
///
/// Made by Packaging/library_packages.py from the archives' Contents files; change that script, not this file.
enum SystemLibraryTable {
    /// The releases of the columns: bullseye, bookworm, trixie, jammy, noble.
    static let releases = ["bullseye", "bookworm", "trixie", "jammy", "noble"]

    /// A library and its package in each release; `-` where the release has none, or more than one, and `=` for that of the
    /// column before.
    static let rows = """
        libEGL.so.1 libegl1 = = = =; libFLAC.so.12 - libflac12 - = libflac12t64; libFLAC.so.14 - = libflac14 - =
        libFLAC.so.8 libflac8 - = libflac8 -; libGL.so.1 libgl1 = = = =; libGLESv1_CM.so.1 libgles1 = = = =
        libGLESv2.so.2 libgles2 = = = =; libGLEW.so.2.1 libglew2.1 - = = =; libGLEW.so.2.2 - libglew2.2 = = =
        libGLU.so.1 libglu1-mesa = = = =; libGLX.so.0 libglx0 = = = =; libGLdispatch.so.0 libglvnd0 = = = =
        libICE.so.6 libice6 = = = =
        libImath-3_1.so.29 - libimath-3-1-29 libimath-3-1-29t64 libimath-3-1-29 libimath-3-1-29t64
        libLLVM-14.so.1 - libllvm14 - libllvm14 libllvm14t64; libLLVM-15.so.1 - libllvm15 - = libllvm15t64
        libMagickCore-6.Q16.so.6 libmagickcore-6.q16-6 = - libmagickcore-6.q16-6 -
        libMagickWand-6.Q16.so.6 libmagickwand-6.q16-6 = - libmagickwand-6.q16-6 -
        libMagickWand-7.Q16.so.10 - = libmagickwand-7.q16-10 - =; libOSMesa.so.8 libosmesa6 = = = =
        libOpenCL.so.1 ocl-icd-libopencl1 = = = =; libOpenEXR-3_1.so.30 - libopenexr-3-1-30 = - libopenexr-3-1-30
        libOpenGL.so.0 libopengl0 = = = =; libQt5Core.so.5 libqt5core5a = libqt5core5t64 libqt5core5a libqt5core5t64
        libQt5DBus.so.5 libqt5dbus5 = libqt5dbus5t64 libqt5dbus5 libqt5dbus5t64
        libQt5Gui.so.5 libqt5gui5 = libqt5gui5t64 - =
        libQt5Network.so.5 libqt5network5 = libqt5network5t64 libqt5network5 libqt5network5t64
        libQt5OpenGL.so.5 libqt5opengl5 = libqt5opengl5t64 - =
        libQt5PrintSupport.so.5 libqt5printsupport5 = libqt5printsupport5t64 - =; libQt5Qml.so.5 libqt5qml5 = = - =
        libQt5Quick.so.5 libqt5quick5 = = - =; libQt5Svg.so.5 libqt5svg5 = = = =
        libQt5Test.so.5 libqt5test5 = libqt5test5t64 - =
        libQt5Widgets.so.5 libqt5widgets5 = libqt5widgets5t64 libqt5widgets5 libqt5widgets5t64
        libQt5XcbQpa.so.5 libqt5gui5 = libqt5gui5t64 - =
        libQt6Core.so.6 - libqt6core6 libqt6core6t64 libqt6core6 libqt6core6t64
        libQt6Gui.so.6 - libqt6gui6 = = libqt6gui6t64; libQt6Network.so.6 - libqt6network6 = = libqt6network6t64
        libQt6Widgets.so.6 - libqt6widgets6 = = libqt6widgets6t64; libR.so r-base-core = = = =
        libSDL-1.2.so.0 libsdl1.2debian = = - libsdl1.2debian; libSDL2-2.0.so.0 libsdl2-2.0-0 = = = =
        libSDL2_image-2.0.so.0 libsdl2-image-2.0-0 = = = =; libSDL2_mixer-2.0.so.0 libsdl2-mixer-2.0-0 = = = =
        libSDL2_ttf-2.0.so.0 libsdl2-ttf-2.0-0 = = = =; libSM.so.6 libsm6 = = = =
        libX11-xcb.so.1 libx11-xcb1 = = = =; libX11.so.6 libx11-6 = = = =; libXau.so.6 libxau6 = = = =
        libXaw.so.7 libxaw7 = = = =; libXcomposite.so.1 libxcomposite1 = = = =; libXcursor.so.1 libxcursor1 = = = =
        libXdamage.so.1 libxdamage1 = = = =; libXdmcp.so.6 libxdmcp6 = = = =; libXext.so.6 libxext6 = = = =
        libXfixes.so.3 libxfixes3 = = = =; libXft.so.2 libxft2 = = = =; libXi.so.6 libxi6 = = = =
        libXinerama.so.1 libxinerama1 = = = =; libXmu.so.6 libxmu6 = = = =; libXpm.so.4 libxpm4 = = = =
        libXpresent.so.1 libxpresent1 = = = =; libXrandr.so.2 libxrandr2 = = = =; libXrender.so.1 libxrender1 = = = =
        libXss.so.1 libxss1 = = = =; libXt.so.6 libxt6 = libxt6t64 libxt6 libxt6t64; libXtst.so.6 libxtst6 = = = =
        libXv.so.1 libxv1 = = = =; libXvMC.so.1 libxvmc1 = = = =; libXxf86vm.so.1 libxxf86vm1 = = = =
        liba52-0.7.4.so liba52-0.7.4 = = = =; libacl.so.1 libacl1 = = = =; libaec.so.0 libaec0 = = = =
        libaio.so.1 libaio1 = - libaio1 -; libaio.so.1t64 - = libaio1t64 - libaio1t64
        libamd.so.2 libamd2 = - libamd2 -; libamd.so.3 - = libamd3 - libamd3; libaom.so.0 libaom0 - = = =
        libaom.so.3 - libaom3 = = =; libapparmor.so.1 libapparmor1 = = = =
        libappindicator3.so.1 libayatana-appindicator3-1 = = - =
        libarchive.so.13 libarchive13 = libarchive13t64 libarchive13 libarchive13t64
        libarmadillo.so.11 - libarmadillo11 - = =; libarmadillo.so.14 - = libarmadillo14 - =
        libarpack.so.2 libarpack2 = libarpack2t64 libarpack2 libarpack2t64
        libasound.so.2 libasound2 = libasound2t64 - =; libass.so.9 libass9 = = = =; libassimp.so.5 libassimp5 = = = =
        libatk-1.0.so.0 libatk1.0-0 = libatk1.0-0t64 libatk1.0-0 libatk1.0-0t64
        libatk-bridge-2.0.so.0 libatk-bridge2.0-0 = libatk-bridge2.0-0t64 libatk-bridge2.0-0 libatk-bridge2.0-0t64
        libatomic.so.1 libatomic1 = = = =
        libatspi.so.0 libatspi2.0-0 = libatspi2.0-0t64 libatspi2.0-0 libatspi2.0-0t64; libattr.so.1 libattr1 = = = =
        libaubio.so.5 libaubio5 = = = =; libaudit.so.1 libaudit1 = = = =; libavcodec.so.58 libavcodec58 - = = =
        libavcodec.so.59 - libavcodec59 - = =; libavcodec.so.61 - = libavcodec61 - =
        libavdevice.so.58 libavdevice58 - = = =; libavdevice.so.59 - libavdevice59 - = =
        libavdevice.so.61 - = libavdevice61 - =; libavfilter.so.10 - = libavfilter10 - =
        libavfilter.so.7 libavfilter7 - = = =; libavfilter.so.8 - libavfilter8 - = =
        libavformat.so.58 libavformat58 - = = =; libavformat.so.59 - libavformat59 - = =
        libavformat.so.61 - = libavformat61 - =; libavif.so.15 - libavif15 - = =
        libavif.so.16 - = libavif16 - libavif16; libavutil.so.56 libavutil56 - = libavutil56 -
        libavutil.so.57 - libavutil57 - = =; libavutil.so.58 - = = = libavutil58; libavutil.so.59 - = libavutil59 - =
        libb2.so.1 libb2-1 = = = =; libbfd-2.40-system.so - libbinutils - = =; libblkid.so.1 libblkid1 = = = =
        libbluetooth.so.3 libbluetooth3 = = = =; libbluray.so.2 libbluray2 = = = =
        libboost_filesystem.so.1.74.0 libboost-filesystem1.74.0 = - libboost-filesystem1.74.0 =
        libboost_filesystem.so.1.83.0 - = libboost-filesystem1.83.0 - libboost-filesystem1.83.0
        libboost_iostreams.so.1.74.0 libboost-iostreams1.74.0 = - libboost-iostreams1.74.0 =
        libboost_program_options.so.1.74.0 libboost-program-options1.74.0 = - libboost-program-options1.74.0 =
        libboost_program_options.so.1.83.0 - = libboost-program-options1.83.0 - libboost-program-options1.83.0
        libboost_serialization.so.1.74.0 libboost-serialization1.74.0 = - libboost-serialization1.74.0 =
        libboost_system.so.1.74.0 libboost-system1.74.0 = - libboost-system1.74.0 =
        libboost_thread.so.1.74.0 libboost-thread1.74.0 = - libboost-thread1.74.0 =
        libboost_thread.so.1.83.0 - = libboost-thread1.83.0 - libboost-thread1.83.0
        libbrotlicommon.so.1 libbrotli1 = = = =; libbrotlidec.so.1 libbrotli1 = = = =
        libbrotlienc.so.1 libbrotli1 = = = =; libbsd.so.0 libbsd0 = = = =; libbz2.so.1.0 libbz2-1.0 = = = =
        libcairo-gobject.so.2 libcairo-gobject2 = = = =; libcairo.so.2 libcairo2 = = = =; libcap.so.2 libcap2 = = = =
        libcares.so.2 libc-ares2 = libcares2 libc-ares2 libcares2; libcblas.so.3 libatlas3-base = - libatlas3-base =
        libcdio.so.19 libcdio19 = libcdio19t64 libcdio19 libcdio19t64; libcdt.so.5 libcdt5 = = = =
        libcfitsio.so.10 - libcfitsio10 libcfitsio10t64 - libcfitsio10t64
        libcfitsio.so.9 libcfitsio9 - = libcfitsio9 -; libcgraph.so.6 libcgraph6 = = = =
        libcholmod.so.3 libcholmod3 = - libcholmod3 -; libcholmod.so.5 - = libcholmod5 - libcholmod5
        libchromaprint.so.1 libchromaprint1 = = = =; libclang-14.so.1 - libclang1-14 - libclang1-14 libclang1-14t64
        libcom_err.so.2 libcom-err2 = = = =; libcrypt.so.1 libcrypt1 = = = =; libcrypto.so.1.1 libssl1.1 - = = =
        libcrypto.so.3 - libssl3 libssl3t64 libssl3 libssl3t64
        libcups.so.2 libcups2 = libcups2t64 libcups2 libcups2t64
        libcurl.so.4 libcurl4 = libcurl4t64 libcurl4 libcurl4t64; libdatrie.so.1 libdatrie1 = = = =
        libdav1d.so.4 libdav1d4 - = = =; libdav1d.so.6 - libdav1d6 - = =; libdav1d.so.7 - = libdav1d7 - libdav1d7
        libdb-5.3.so libdb5.3 = libdb5.3t64 libdb5.3 libdb5.3t64; libdbus-1.so.3 libdbus-1-3 = = = =
        libdc1394.so.25 libdc1394-25 = = = =; libde265.so.0 libde265-0 = = = =; libdecor-0.so.0 - libdecor-0-0 = = =
        libdeflate.so.0 libdeflate0 = = = =; libdmtx.so.0 libdmtx0b = libdmtx0t64 libdmtx0b libdmtx0t64
        libdouble-conversion.so.3 libdouble-conversion3 = = = =; libdrm.so.2 libdrm2 = = = =
        libdw.so.1 libdw1 = libdw1t64 libdw1 libdw1t64; libeccodes.so.0 libeccodes0 = = = =
        libedit.so.2 libedit2 = = = =; libelf.so.1 libelf1 = libelf1t64 libelf1 libelf1t64
        libenchant-2.so.2 libenchant-2-2 = = = =; libepoxy.so.0 libepoxy0 = = = =; liberfa.so.1 liberfa1 = = = =
        libespeak-ng.so.1 libespeak-ng1 = = = =; libev.so.4 libev4 = libev4t64 libev4 libev4t64
        libevdev.so.2 libevdev2 = = = =
        libevent-2.1.so.7 libevent-2.1-7 = libevent-2.1-7t64 libevent-2.1-7 libevent-2.1-7t64
        libexif.so.12 libexif12 = = = =; libexpat.so.1 libexpat1 = = = =; libexslt.so.0 libxslt1.1 = = = =
        libfaad.so.2 libfaad2 = = = =; libfabric.so.1 libfabric1 = = = =; libfbclient.so.2 libfbclient2 = = = =
        libffi.so.7 libffi7 - = libffi7 -; libffi.so.8 - libffi8 = = =; libfftw3.so.3 libfftw3-double3 = = = =
        libfftw3f.so.3 libfftw3-single3 = = = =; libfluidsynth.so.3 - libfluidsynth3 = = =
        libfmt.so.10 - = libfmt10 - =; libfmt.so.7 libfmt7 - = = =; libfmt.so.8 - = = libfmt8 -
        libfmt.so.9 - libfmt9 - = libfmt9; libfontconfig.so.1 libfontconfig1 = = = =
        libfreetype.so.6 libfreetype6 = = = =; libfribidi.so.0 libfribidi0 = = = =; libftdi1.so.2 libftdi1-2 = = = =
        libfuse.so.2 libfuse2 = libfuse2t64 libfuse2 libfuse2t64; libfuse3.so.3 libfuse3-3 = - libfuse3-3 =
        libfuse3.so.4 - = libfuse3-4 - =; libgbm.so.1 libgbm1 = = = =; libgcc_s.so.1 libgcc-s1 = = = =
        libgcrypt.so.20 libgcrypt20 = = = =; libgdal.so.28 libgdal28 - = = =; libgdal.so.30 - = = libgdal30 -
        libgdal.so.32 - libgdal32 - = =; libgdal.so.34 - = = = libgdal34t64; libgdal.so.36 - = libgdal36 - =
        libgdbm.so.6 libgdbm6 = libgdbm6t64 libgdbm6 libgdbm6t64
        libgdbm_compat.so.4 libgdbm-compat4 = libgdbm-compat4t64 libgdbm-compat4 libgdbm-compat4t64
        libgdk-3.so.0 libgtk-3-0 = libgtk-3-0t64 libgtk-3-0 libgtk-3-0t64
        libgdk-x11-2.0.so.0 libgtk2.0-0 = libgtk2.0-0t64 libgtk2.0-0 libgtk2.0-0t64
        libgdk_pixbuf-2.0.so.0 libgdk-pixbuf-2.0-0 = = = =; libgeos.so.3.11.1 - libgeos3.11.1 - = =
        libgeos.so.3.13.1 - = libgeos3.13.1 - =
        libgeos_c.so.1 libgeos-c1v5 = libgeos-c1t64 libgeos-c1v5 libgeos-c1t64; libgeotiff.so.5 libgeotiff5 = = = =
        libgflags.so.2.2 libgflags2.2 = = = =; libgfortran.so.5 libgfortran5 = = = =; libgif.so.7 libgif7 = = = =
        libgio-2.0.so.0 libglib2.0-0 = libglib2.0-0t64 libglib2.0-0 libglib2.0-0t64; libglfw.so.3 libglfw3 = = - =
        libglib-2.0.so.0 libglib2.0-0 = libglib2.0-0t64 libglib2.0-0 libglib2.0-0t64
        libglog.so.0 libgoogle-glog0v5 - = libgoogle-glog0v5 -
        libglog.so.1 - libgoogle-glog0v6 libgoogle-glog0v6t64 - libgoogle-glog0v6t64; libglpk.so.40 libglpk40 = = = =
        libglut.so.3 freeglut3 - libglut3.12 freeglut3 -; libglut.so.3.12 - libglut3.12 = - libglut3.12
        libgmodule-2.0.so.0 libglib2.0-0 = libglib2.0-0t64 libglib2.0-0 libglib2.0-0t64
        libgmp.so.10 libgmp10 = = = =; libgnutls.so.30 libgnutls30 = libgnutls30t64 libgnutls30 libgnutls30t64
        libgobject-2.0.so.0 libglib2.0-0 = libglib2.0-0t64 libglib2.0-0 libglib2.0-0t64
        libgomp.so.1 libgomp1 = = = =; libgpg-error.so.0 libgpg-error0 = = = =
        libgpgme.so.11 libgpgme11 = libgpgme11t64 libgpgme11 libgpgme11t64; libgpm.so.2 libgpm2 = = = =
        libgraphite2.so.3 libgraphite2-3 = = = =; libgrpc++.so.1 libgrpc++1 - = libgrpc++1 -
        libgrpc.so.10 libgrpc10 - = libgrpc10 -; libgs.so.10 - libgs10 = - libgs10; libgs.so.9 libgs9 - = libgs9 -
        libgsl.so.25 libgsl25 - = = =; libgsl.so.27 - libgsl27 - libgsl27 =; libgsl.so.28 - = libgsl28 - =
        libgslcblas.so.0 libgslcblas0 = = = =; libgssapi_krb5.so.2 libgssapi-krb5-2 = = = =
        libgstallocators-1.0.so.0 libgstreamer-plugins-base1.0-0 = = = =
        libgstapp-1.0.so.0 libgstreamer-plugins-base1.0-0 = = = =
        libgstaudio-1.0.so.0 libgstreamer-plugins-base1.0-0 = = = =; libgstbase-1.0.so.0 libgstreamer1.0-0 = = = =
        libgstgl-1.0.so.0 libgstreamer-gl1.0-0 = = = =; libgstpbutils-1.0.so.0 libgstreamer-plugins-base1.0-0 = = = =
        libgstreamer-1.0.so.0 libgstreamer1.0-0 = = = =; libgsttag-1.0.so.0 libgstreamer-plugins-base1.0-0 = = = =
        libgstvideo-1.0.so.0 libgstreamer-plugins-base1.0-0 = = = =
        libgthread-2.0.so.0 libglib2.0-0 = libglib2.0-0t64 libglib2.0-0 libglib2.0-0t64
        libgtk-3.so.0 libgtk-3-0 = libgtk-3-0t64 libgtk-3-0 libgtk-3-0t64; libgtk-4.so.1 - libgtk-4-1 = = =
        libgtk-x11-2.0.so.0 libgtk2.0-0 = libgtk2.0-0t64 libgtk2.0-0 libgtk2.0-0t64
        libguestfs.so.0 libguestfs0 = libguestfs0t64 libguestfs0 libguestfs0t64; libgvc.so.6 libgvc6 = = = =
        libharfbuzz-icu.so.0 libharfbuzz-icu0 = = = =
        libharfbuzz-subset.so.0 - libharfbuzz-subset0 = - libharfbuzz-subset0; libharfbuzz.so.0 libharfbuzz0b = = = =
        libhdf5_serial.so.103 libhdf5-103-1 = - libhdf5-103-1 libhdf5-103-1t64
        libhdf5_serial.so.310 - = libhdf5-310 - =; libheif.so.1 libheif1 = = = =
        libhidapi-hidraw.so.0 libhidapi-hidraw0 = = = =; libhidapi-libusb.so.0 libhidapi-libusb0 = = = =
        libhiredis.so.0.14 libhiredis0.14 = - libhiredis0.14 -
        libhogweed.so.6 libhogweed6 = libhogweed6t64 libhogweed6 libhogweed6t64
        libhunspell-1.7.so.0 libhunspell-1.7-0 = = = =; libhwloc.so.15 libhwloc15 = = = =
        libhyphen.so.0 libhyphen0 = = = =; libibverbs.so.1 libibverbs1 = = = =; libicui18n.so.67 libicu67 - = = =
        libicui18n.so.70 - = = libicu70 -; libicui18n.so.72 - libicu72 - = =; libicui18n.so.74 - = = = libicu74
        libicui18n.so.76 - = libicu76 - =; libicuuc.so.67 libicu67 - = = =; libicuuc.so.70 - = = libicu70 -
        libicuuc.so.72 - libicu72 - = =; libicuuc.so.74 - = = = libicu74; libicuuc.so.76 - = libicu76 - =
        libid3tag.so.0 libid3tag0 = = = =; libidn2.so.0 libidn2-0 = = = =; libimagequant.so.0 libimagequant0 = = = =
        libinput.so.10 libinput10 = = = =
        libjavascriptcoregtk-4.0.so.18 libjavascriptcoregtk-4.0-18 = - libjavascriptcoregtk-4.0-18 -
        libjavascriptcoregtk-4.1.so.0 - libjavascriptcoregtk-4.1-0 = = =; libjbig.so.0 libjbig0 = = = =
        libjemalloc.so.2 libjemalloc2 = = = =; libjpeg.so.62 libjpeg62-turbo = = libjpeg62 =
        libjsoncpp.so.24 libjsoncpp24 - = = =; libjsoncpp.so.25 - libjsoncpp25 - libjsoncpp25 =
        libjsoncpp.so.26 - = libjsoncpp26 - =; libjulia.so.1 libjulia1 - = = =; libjxl.so.0.11 - = libjxl0.11 - =
        libjxl.so.0.7 - libjxl0.7 - = libjxl0.7; libk5crypto.so.3 libk5crypto3 = = = =
        libkeyutils.so.1 libkeyutils1 = = = =
        libkmlbase.so.1 libkmlbase1 = libkmlbase1t64 libkmlbase1 libkmlbase1t64; libkrb5.so.3 libkrb5-3 = = = =
        libkrb5support.so.0 libkrb5support0 = = = =; liblber-2.5.so.0 - libldap-2.5-0 - libldap-2.5-0 -
        liblber.so.2 - = libldap2 - libldap2; liblcms2.so.2 liblcms2-2 = = = =
        libldap-2.4.so.2 libldap-2.4-2 - = = =; libldap-2.5.so.0 - libldap-2.5-0 - libldap-2.5-0 -
        libldap.so.2 - = libldap2 - libldap2; liblept.so.5 liblept5 = - liblept5 =
        libleptonica.so.6 - = libleptonica6 - =; libleveldb.so.1d libleveldb1d = = = =; liblmdb.so.0 liblmdb0 = = = =
        liblua5.3.so.0 liblua5.3-0 = = = =; liblua5.4.so.0 liblua5.4-0 = = = =; liblz4.so.1 liblz4-1 = = = =
        liblzma.so.5 liblzma5 = = = =; liblzo2.so.2 liblzo2-2 = = = =; libmad.so.0 libmad0 = = = =
        libmagic.so.1 libmagic1 = libmagic1t64 libmagic1 libmagic1t64; libmanette-0.2.so.0 libmanette-0.2-0 = = = =
        libmariadb.so.3 libmariadb3 = = = =; libmd.so.0 libmd0 = = = =
        libmemcached.so.11 libmemcached11 = libmemcached11t64 libmemcached11 libmemcached11t64
        libmetis.so.5 libmetis5 = = = =; libmodplug.so.1 libmodplug1 = = = =; libmount.so.1 libmount1 = = = =
        libmp3lame.so.0 libmp3lame0 = = = =; libmpc.so.3 libmpc3 = = = =; libmpfr.so.6 libmpfr6 = = = =
        libmpg123.so.0 libmpg123-0 = libmpg123-0t64 libmpg123-0 libmpg123-0t64
        libmpi.so.40 libopenmpi3 = libopenmpi40 libopenmpi3 libopenmpi3t64
        libmpi_cxx.so.40 libopenmpi3 = - libopenmpi3 libopenmpi3t64
        libmpi_mpifh.so.40 libopenmpi3 = libopenmpi40 libopenmpi3 libopenmpi3t64; libmpich.so.12 libmpich12 = = = =
        libmpv.so.1 libmpv1 - = libmpv1 -; libmpv.so.2 - libmpv2 = - libmpv2
        libmspack.so.0 libmspack0 = libmspack0t64 libmspack0 libmspack0t64
        libmtdev.so.1 libmtdev1 = libmtdev1t64 libmtdev1 libmtdev1t64; libmupdf.so.25.1 - = libmupdf25.1 - =
        libmysqlclient.so.21 - = = libmysqlclient21 =; libncurses.so.5 libncurses5 = - libncurses5 -
        libncurses.so.6 libncurses6 = = = =; libncursesw.so.5 libncursesw5 = - libncursesw5 -
        libncursesw.so.6 libncursesw6 = = = =; libnetcdf.so.18 libnetcdf18 - = = =
        libnetcdf.so.19 - libnetcdf19 - libnetcdf19 libnetcdf19t64
        libnettle.so.8 libnettle8 = libnettle8t64 libnettle8 libnettle8t64; libnghttp2.so.14 libnghttp2-14 = = = =
        libnl-3.so.200 libnl-3-200 = = = =; libnl-genl-3.so.200 libnl-genl-3-200 = = = =
        libnl-route-3.so.200 libnl-route-3-200 = = = =; libnlopt.so.0 libnlopt0 = = = =
        libnotify.so.4 libnotify4 = = = =; libnsl.so.1 libc6 = = = =; libnsl.so.2 libnsl2 = = = =
        libnspr4.so libnspr4 = = = =; libnss3.so libnss3 = = = =; libnssutil3.so libnss3 = = = =
        libnuma.so.1 libnuma1 = = = =; libodbc.so.2 libodbc1 libodbc2 = = =
        libodbcinst.so.2 odbcinst1debian2 libodbcinst2 = = =; libode.so.8 libode8 = libode8t64 libode8 libode8t64
        libogg.so.0 libogg0 = = = =; libopenal.so.1 libopenal1 = = = =
        libopencv_core.so.4.5 libopencv-core4.5 - = = =; libopencv_core.so.4.5d - = = libopencv-core4.5d -
        libopencv_core.so.406 - libopencv-core406 - = libopencv-core406t64
        libopencv_core.so.410 - = libopencv-core410 - =; libopenjp2.so.7 libopenjp2-7 = = = =
        libopenjpip.so.7 libopenjpip7 = = = =; libopus.so.0 libopus0 = = = =; libp11-kit.so.0 libp11-kit0 = = = =
        libpam.so.0 libpam0g = = = =; libpanelw.so.6 libncursesw6 = = = =; libpango-1.0.so.0 libpango-1.0-0 = = = =
        libpangocairo-1.0.so.0 libpangocairo-1.0-0 = = = =; libpangoft2-1.0.so.0 libpangoft2-1.0-0 = = = =
        libpangoxft-1.0.so.0 libpangoxft-1.0-0 = = = =; libpathplan.so.4 libpathplan4 = = = =
        libpcap.so.0.8 libpcap0.8 = libpcap0.8t64 libpcap0.8 libpcap0.8t64; libpcre.so.3 libpcre3 = - libpcre3 =
        libpcre2-16.so.0 libpcre2-16-0 = = = =; libpcre2-8.so.0 libpcre2-8-0 = = = =
        libpcsclite.so.1 libpcsclite1 = = = =; libperl.so.5.36 - libperl5.36 - = =
        libpixman-1.so.0 libpixman-1-0 = = = =; libpmix.so.2 libpmix2 = libpmix2t64 libpmix2 libpmix2t64
        libpng16.so.16 libpng16-16 = libpng16-16t64 libpng16-16 libpng16-16t64
        libpocl.so.2 libpocl2 = libpocl2t64 libpocl2 libpocl2t64
        libpoppler-cpp.so.0 libpoppler-cpp0v5 = - libpoppler-cpp0v5 libpoppler-cpp0t64
        libpoppler-glib.so.8 libpoppler-glib8 = libpoppler-glib8t64 libpoppler-glib8 libpoppler-glib8t64
        libpoppler.so.102 libpoppler102 - = = =; libpoppler.so.118 - = = libpoppler118 -
        libpoppler.so.126 - libpoppler126 - = =; libpoppler.so.134 - = = = libpoppler134
        libpoppler.so.147 - = libpoppler147 - =; libportaudio.so.2 libportaudio2 = = = =
        libportmidi.so.0 libportmidi0 = = = =; libpostproc.so.55 libpostproc55 - = libpostproc55 -
        libpq.so.5 libpq5 = = = =; libproj.so.19 libproj19 - = = =; libproj.so.22 - = = libproj22 -
        libproj.so.25 - libproj25 = - libproj25
        libprotobuf-lite.so.32 - libprotobuf-lite32 libprotobuf-lite32t64 - libprotobuf-lite32t64
        libprotobuf.so.23 libprotobuf23 - = libprotobuf23 -
        libprotobuf.so.32 - libprotobuf32 libprotobuf32t64 - libprotobuf32t64; libproxy.so.1 libproxy1v5 = = = =
        libpsl.so.5 libpsl5 = libpsl5t64 libpsl5 libpsl5t64; libpsm2.so.2 libpsm2-2 = = = =
        libpulse-mainloop-glib.so.0 libpulse-mainloop-glib0 = = = =; libpulse-simple.so.0 libpulse0 = = = =
        libpulse.so.0 libpulse0 = = = =; libpython3.10.so.1.0 - = = libpython3.10 -
        libpython3.11.so.1.0 - libpython3.11 - = =; libpython3.12.so.1.0 - = = = libpython3.12t64
        libpython3.13.so.1.0 - = libpython3.13 - =; libpython3.9.so.1.0 libpython3.9 - = = =
        libqhull_r.so.8.0 libqhull-r8.0 = = = =; libquadmath.so.0 libquadmath0 = = = =; libraqm.so.0 libraqm0 = = = =
        libraw.so.20 libraw20 = - libraw20 -; libraw.so.23 - = libraw23t64 - libraw23t64
        libraw1394.so.11 libraw1394-11 = = = =; librdkafka.so.1 librdkafka1 = = = =
        librdmacm.so.1 librdmacm1 = librdmacm1t64 librdmacm1 librdmacm1t64; libre2.so.9 libre2-9 = - libre2-9 -
        libreadline.so.8 libreadline8 = libreadline8t64 libreadline8 libreadline8t64
        librocksdb.so.6.11 librocksdb6.11 - = librocksdb6.11 -; librocksdb.so.7.8 - librocksdb7.8 - = =
        librsvg-2.so.2 librsvg2-2 = = = =; librtmp.so.1 librtmp1 = = = =; librubberband.so.2 librubberband2 = = = =
        libruby-3.1.so.3.1 - libruby3.1 - = =; libsamplerate.so.0 libsamplerate0 = = = =
        libsasl2.so.2 libsasl2-2 = = = =; libseccomp.so.2 libseccomp2 = = = =; libsecret-1.so.0 libsecret-1-0 = = = =
        libselinux.so.1 libselinux1 = = = =; libsmime3.so libnss3 = = = =; libsnappy.so.1 libsnappy1v5 = = = =
        libsndfile.so.1 libsndfile1 = = = =; libsndio.so.7 - libsndio7.0 = = =
        libsnmp.so.40 libsnmp40 = libsnmp40t64 libsnmp40 libsnmp40t64; libsodium.so.23 libsodium23 = = = =
        libsoup-2.4.so.1 libsoup2.4-1 = libsoup-2.4-1 libsoup2.4-1 libsoup-2.4-1
        libsoup-3.0.so.0 - libsoup-3.0-0 = = =; libsox.so.3 libsox3 = = = =; libsoxr.so.0 libsoxr0 = = = =
        libspandsp.so.2 libspandsp2 = libspandsp2t64 libspandsp2 libspandsp2t64
        libspatialindex_c.so.6 libspatialindex-c6 = - libspatialindex-c6 =
        libspatialite.so.7 libspatialite7 = - libspatialite7 -; libspdlog.so.1 libspdlog1 - = libspdlog1 -
        libspdlog.so.1.10 - libspdlog1.10 - = =; libspeechd.so.2 libspeechd2 = = = =; libspeex.so.1 libspeex1 = = = =
        libsqlite3.so.0 libsqlite3-0 = = = =; libsrtp2.so.1 libsrtp2-1 = = = =; libssh.so.4 libssh-4 = = = =
        libssh2.so.1 libssh2-1 = libssh2-1t64 libssh2-1 libssh2-1t64; libssl.so.1.1 libssl1.1 - = = =
        libssl.so.3 - libssl3 libssl3t64 libssl3 libssl3t64
        libstartup-notification-1.so.0 libstartup-notification0 = = = =; libstdc++.so.6 libstdc++6 = = = =
        libsuitesparseconfig.so.5 libsuitesparseconfig5 = - libsuitesparseconfig5 -
        libsuitesparseconfig.so.7 - = libsuitesparseconfig7 - libsuitesparseconfig7
        libswresample.so.3 libswresample3 - = libswresample3 -
        libswresample.so.4 - libswresample4 - = libswresample4; libswresample.so.5 - = libswresample5 - =
        libswscale.so.5 libswscale5 - = libswscale5 -; libswscale.so.6 - libswscale6 - = =
        libswscale.so.7 - = = = libswscale7; libswscale.so.8 - = libswscale8 - =; libsybdb.so.5 libsybdb5 = = = =
        libsystemd.so.0 libsystemd0 = = = =; libsz.so.2 libsz2 = = = =
        libtag.so.1 libtag1v5-vanilla = - libtag1v5-vanilla =; libtasn1.so.6 libtasn1-6 = = = =
        libtbb.so.12 - libtbb12 = = =; libtbb.so.2 libtbb2 - = libtbb2 -
        libtbbbind_2_5.so.3 - libtbbbind-2-5 = - libtbbbind-2-5; libtbbmalloc.so.2 libtbb2 libtbbmalloc2 = = =
        libtcl8.6.so libtcl8.6 = = = =
        libtcmalloc.so.4 libgoogle-perftools4 = libgoogle-perftools4t64 libgoogle-perftools4 libgoogle-perftools4t64
        libtcmalloc_minimal.so.4 libtcmalloc-minimal4 = libtcmalloc-minimal4t64 libtcmalloc-minimal4 libtcmalloc-minimal4t64
        libtesseract.so.4 libtesseract4 - = libtesseract4 -; libtesseract.so.5 - libtesseract5 = - libtesseract5
        libthai.so.0 libthai0 = = = =; libtheora.so.0 libtheora0 = = = =
        libtheoradec.so.1 libtheora0 = libtheoradec1 libtheora0 =; libtiff.so.5 libtiff5 - = libtiff5 -
        libtiff.so.6 - libtiff6 = - libtiff6; libtinfo.so.5 libtinfo5 = - libtinfo5 -
        libtinfo.so.6 libtinfo6 = = = =; libtinyxml2.so.8 libtinyxml2-8 - = = =
        libtinyxml2.so.9 - libtinyxml2-9 - libtinyxml2-9 -
        libtirpc.so.3 libtirpc3 = libtirpc3t64 libtirpc3 libtirpc3t64; libtk8.6.so libtk8.6 = = = =
        libts.so.0 libts0 = libts0t64 libts0 libts0t64; libucp.so.0 libucx0 = = = =; libucs.so.0 libucx0 = = = =
        libuct.so.0 libucx0 = = = =; libudev.so.1 libudev1 = = = =; libudunits2.so.0 libudunits2-0 = = = =
        libumfpack.so.5 libumfpack5 = - libumfpack5 -; libumfpack.so.6 - = libumfpack6 - libumfpack6
        libunistring.so.2 libunistring2 = - libunistring2 -; libunistring.so.5 - = libunistring5 - libunistring5
        libunwind.so.8 libunwind8 = = = =; libusb-0.1.so.4 libusb-0.1-4 = = = =; libusb-1.0.so.0 libusb-1.0-0 = = = =
        libuuid.so.1 libuuid1 = = = =; libuv.so.1 libuv1 = libuv1t64 libuv1 libuv1t64
        libva-drm.so.2 libva-drm2 = = = =; libva-x11.so.2 libva-x11-2 = = = =; libva.so.2 libva2 = = = =
        libvdpau.so.1 libvdpau1 = = = =; libvips.so.42 libvips42 = libvips42t64 libvips42 libvips42t64
        libvirt.so.0 libvirt0 = = = =; libvlc.so.5 libvlc5 = = = =; libvorbis.so.0 libvorbis0a = = = =
        libvorbisenc.so.2 libvorbisenc2 = = = =; libvorbisfile.so.3 libvorbisfile3 = = = =
        libvpx.so.6 libvpx6 - = = =; libvpx.so.7 - libvpx7 - libvpx7 -; libvpx.so.9 - = libvpx9 - libvpx9
        libvulkan.so.1 libvulkan1 = = = =; libwayland-client.so.0 libwayland-client0 = = = =
        libwayland-cursor.so.0 libwayland-cursor0 = = = =; libwayland-egl.so.1 libwayland-egl1 = = = =
        libwayland-server.so.0 libwayland-server0 = = = =; libwcs.so.7 libwcs7 = - libwcs7 -
        libwcs.so.8 - = libwcs8 - libwcs8; libwebkit2gtk-4.0.so.37 libwebkit2gtk-4.0-37 = - libwebkit2gtk-4.0-37 -
        libwebkit2gtk-4.1.so.0 - libwebkit2gtk-4.1-0 = = =; libwebp.so.6 libwebp6 - = = =
        libwebp.so.7 - libwebp7 = = =; libwebpdemux.so.2 libwebpdemux2 = = = =; libwebpmux.so.3 libwebpmux3 = = = =
        libx264.so.160 libx264-160 - = = =; libx264.so.164 - libx264-164 = - libx264-164
        libx265.so.192 libx265-192 - = = =; libx265.so.199 - libx265-199 - libx265-199 =
        libxcb-cursor.so.0 libxcb-cursor0 = = = =; libxcb-dri2.so.0 libxcb-dri2-0 = = = =
        libxcb-dri3.so.0 libxcb-dri3-0 = = = =; libxcb-ewmh.so.2 libxcb-ewmh2 = = = =
        libxcb-glx.so.0 libxcb-glx0 = = = =; libxcb-icccm.so.4 libxcb-icccm4 = = = =
        libxcb-image.so.0 libxcb-image0 = = = =; libxcb-keysyms.so.1 libxcb-keysyms1 = = = =
        libxcb-present.so.0 libxcb-present0 = = = =; libxcb-randr.so.0 libxcb-randr0 = = = =
        libxcb-render-util.so.0 libxcb-render-util0 = = = =; libxcb-render.so.0 libxcb-render0 = = = =
        libxcb-res.so.0 libxcb-res0 = = = =; libxcb-shape.so.0 libxcb-shape0 = = = =
        libxcb-shm.so.0 libxcb-shm0 = = = =; libxcb-sync.so.1 libxcb-sync1 = = = =
        libxcb-util.so.1 libxcb-util1 = = = =; libxcb-xfixes.so.0 libxcb-xfixes0 = = = =
        libxcb-xinerama.so.0 libxcb-xinerama0 = = = =; libxcb-xinput.so.0 libxcb-xinput0 = = = =
        libxcb-xkb.so.1 libxcb-xkb1 = = = =; libxcb-xv.so.0 libxcb-xv0 = = = =; libxcb.so.1 libxcb1 = = = =
        libxerces-c-3.2.so libxerces-c3.2 = libxerces-c3.2t64 libxerces-c3.2 libxerces-c3.2t64
        libxkbcommon-x11.so.0 libxkbcommon-x11-0 = = = =; libxkbcommon.so.0 libxkbcommon0 = = = =
        libxkbfile.so.1 libxkbfile1 = = = =; libxml2.so.2 libxml2 = = = =
        libxmlsec1.so.1 libxmlsec1 = libxmlsec1t64 libxmlsec1 libxmlsec1t64; libxshmfence.so.1 libxshmfence1 = = = =
        libxslt.so.1 libxslt1.1 = = = =; libyaml-0.so.2 libyaml-0-2 = = = =
        libyaml-cpp.so.0.6 libyaml-cpp0.6 - = = =; libyaml-cpp.so.0.7 - libyaml-cpp0.7 - libyaml-cpp0.7 -
        libyaml-cpp.so.0.8 - = libyaml-cpp0.8 - libyaml-cpp0.8; libz.so.1 zlib1g = = = =
        libzbar.so.0 libzbar0 = libzbar0t64 libzbar0 libzbar0t64; libze_loader.so.1 - libze1 = - libze1
        libzip.so.4 libzip4 = - libzip4 libzip4t64; libzmq.so.5 libzmq5 = = = =; libzstd.so.1 libzstd1 = = = =
        """
}
